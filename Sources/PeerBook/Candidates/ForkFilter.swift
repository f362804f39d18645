public import Chain
public import NodeRecord
import RLP

/// Which nodes are on our chain, as far as their records tell before they are dialed (EIP-2124, enr-entries/eth.md).
///
/// A wrong network noticed only after dialing costs a TCP connection, two handshakes and a slot.
public struct ForkFilter: Hashable, Sendable {
    public var schedule: ForkSchedule
    /// The number and time of this node's head.
    public var number: UInt64
    public var time: UInt64

    public init(schedule: ForkSchedule, number: UInt64, time: UInt64) {
        self.schedule = schedule
        self.number = number
        self.time = time
    }

    /// Why the node with this record is not ours; nil where it may be, which is so without a record.
    public func refusal(of record: NodeRecord?) -> CandidateRefusal? {
        guard let record else { return nil }
        guard let entry = record.ethEntry else { return .notEthereum }
        var reader = RLPReader(entry)
        guard var list = try? reader.readList(), let forkID = try? list.read(ForkID.self) else { return .notEthereum }
        return schedule.validate(remote: forkID, number: number, time: time) == .compatible ? nil : .wrongFork
    }
}

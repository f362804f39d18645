import Chain
import DevP2P
import NodeRecord
import RLP

/// Which nodes are on our chain, as far as their records tell before they are dialed (EIP-2124, enr-entries/eth.md).
struct ForkFilter: CandidateFilter {
    let schedule: ForkSchedule
    /// The number and time of this node's head.
    let number: UInt64
    let time: UInt64

    func refusal(of record: NodeRecord?) -> CandidateRefusal? {
        guard let record else { return nil }
        guard let entry = record.ethEntry else { return .notEthereum }
        var reader = RLPReader(entry)
        guard var list = try? reader.readList(), let forkID = try? list.read(ForkID.self) else { return .notEthereum }
        return schedule.validate(remote: forkID, number: number, time: time) == .compatible ? nil : .wrongFork
    }
}

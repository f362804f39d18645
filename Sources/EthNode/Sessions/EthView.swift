import Chain
import EthWire
import Primitives
import RLP
import Storage

/// What a node says of its chain: in Status and in its record.
struct EthView: Sendable {
    let networkID: UInt64
    let genesisHash: Hash32
    let forks: ForkSchedule
    var head: ChainHead

    var forkID: ForkID { forks.forkID(number: head.number, time: head.timestamp) }

    /// The `eth` entry of a node record: a list that holds the fork id (enr-entries/eth.md).
    var recordEntry: [UInt8] {
        var writer = RLPWriter()
        writer.list { $0.write(forkID) }
        return writer.bytes
    }

    func status(version: EthVersion) -> EthStatus {
        version.hasBlockRange
            ? EthStatus(networkID: networkID, genesisHash: genesisHash, forkID: forkID, range: range)
            : EthStatus(
                networkID: networkID, genesisHash: genesisHash, forkID: forkID,
                totalDifficulty: head.totalDifficulty, headHash: head.hash)
    }

    /// All blocks from genesis on are kept.
    var range: BlockRange { BlockRange(earliest: 0, latest: head.number, latestHash: head.hash) }

    /// Whether a peer's chain ends so far below that it isn't just a block on its way.
    func isAhead(of theirs: EthStatus.Head) -> Bool {
        switch theirs {
        case .range(let range): return head.number > 2 && range.latest < head.number - 2
        case .totalDifficulty(let total, _):
            let gap = head.header.difficulty &+ head.header.difficulty
            return head.totalDifficulty > gap && total < head.totalDifficulty &- gap
        }
    }

    func refusal(of status: EthStatus, version: EthVersion) -> StatusRefusal? {
        status.refusal(
            comparedTo: self.status(version: version), forks: forks, number: head.number, time: head.timestamp)
    }
}

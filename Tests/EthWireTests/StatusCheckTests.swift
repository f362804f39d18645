import Chain
import DevP2P
import EthWire
import Primitives
import Testing

@Suite struct StatusCheckTests {
    let forks: ForkSchedule = {
        var config = ChainConfig(chainID: 5)
        config.londonBlock = 10
        return ForkSchedule(config: config, genesisHash: Samples.genesis, genesisTime: 0)
    }()

    func status(_ change: (inout EthStatus) -> Void = { _ in }) -> EthStatus {
        var status = EthStatus(
            networkID: 7, genesisHash: Samples.genesis, forkID: forks.forkID(number: 20, time: 0),
            range: BlockRange(earliest: 0, latest: 20, latestHash: Samples.feedbeef))
        change(&status)
        return status
    }

    func refusal(_ remote: EthStatus) -> StatusRefusal? {
        remote.refusal(comparedTo: status(), forks: forks, number: 20, time: 0)
    }

    @Test func rules() {
        #expect(refusal(status()) == nil)
        #expect(refusal(status { $0.networkID = 8 }) == .wrongNetwork(8))
        #expect(refusal(status { $0.version = 68 }) == .wrongVersion(68))
        #expect(refusal(status { $0.genesisHash = Samples.deadc0de }) == .wrongGenesis)
        #expect(refusal(status { $0.forkID.hash = 1 }) == .wrongFork(.localIncompatibleOrStale))
        #expect(
            refusal(status { $0.forkID = ForkID(hash: forks.forkID(number: 0, time: 0).hash, next: 0) })
                == .wrongFork(.remoteStale))
        let reversed = BlockRange(earliest: 3, latest: 2, latestHash: Samples.feedbeef)
        #expect(refusal(status { $0.head = .range(reversed) }) == .invalidRange)
        let nameless = BlockRange(earliest: 0, latest: 2, latestHash: Hash32())
        #expect(refusal(status { $0.head = .range(nameless) }) == .invalidRange)
        // A peer that is behind, and expects the fork that came, is syncing.
        #expect(refusal(status { $0.forkID = forks.forkID(number: 0, time: 0) }) == nil)
    }

    /// In words for the log, and as a token for counters.
    @Test(arguments: [
        (StatusRefusal.wrongNetwork(8), "wrongNetwork", "its network id is 8, not this node's"),
        (.wrongVersion(68), "wrongVersion", "its Status is of eth/68, which wasn't negotiated"),
        (.wrongGenesis, "wrongGenesis", "its genesis block is another"),
        (.wrongFork(.remoteStale), "wrongFork", "it doesn't know a fork that this chain has had"),
        (
            .wrongFork(.localIncompatibleOrStale), "wrongFork",
            "its forks are another chain's, or this node doesn't know one of them"
        ),
        (.invalidRange, "invalidRange", "its range of blocks is impossible"),
    ])
    func words(refusal: StatusRefusal, label: String, text: String) {
        #expect(refusal.label == label && "\(refusal)" == text)
    }

    @Test func theFirstDifferenceCounts() {
        let other = status {
            $0.networkID = 8
            $0.version = 60
            $0.genesisHash = Samples.deadc0de
        }
        #expect(refusal(other) == .wrongNetwork(8))
        #expect(StatusRefusal.wrongNetwork(8).offence == .wrongFork)
        #expect(StatusRefusal.invalidRange.offence == .protocolBreach)
    }
}

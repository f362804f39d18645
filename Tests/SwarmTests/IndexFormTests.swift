import DevP2P
import EthCrypto
import Gossip
import Primitives
import SansIO
import Testing

@testable import Swarm

/// The node's machine for putting blocks together, with forms that hold indices only.
@Suite("Assembly of blocks from indices")
struct IndexFormTests {
    private let start = Instant(nanoseconds: 0)
    private let hash = Hash32()
    private let load = PropagationScenario().load

    private func peer(_ number: UInt64) -> Peer {
        Peer(
            connection: ConnectionID(rawValue: number), id: NodeID(), publicKey: PublicKey(), isInbound: false,
            clientID: "", endpoint: Endpoint(ip: .loopback, port: 0))
    }

    private func form(
        _ number: UInt64, prefilled: [UInt16] = [], repair: RepairSize? = nil, luck: UInt64 = 1
    ) -> IndexForm<Int> {
        IndexForm(
            Int(number), from: peer(number), prefilled: prefilled, repair: repair, load: load, luck: luck)
    }

    /// The actions as words.
    private func words(_ assembly: inout BlockAssembly<IndexForm<Int>>) -> [String] {
        assembly.takeActions().map { action in
            switch action {
            case .getTransactions(let id, _, let indices, let peer):
                "\(peer.connection.rawValue): get #\(id) \(indices.indices)"
            case .getBlock: "get the whole block"
            case .complete(let partial, let index):
                "complete by \(partial.forms[index].message), brought \(partial.forms[index].brought.sorted())"
            case .report(let offence, let peer): "\(peer.connection.rawValue)! \(offence)"
            case .credit(let peer, _, _): "\(peer.connection.rawValue)+"
            }
        }
    }

    @Test("the sender is asked for what is missing, another one after 150 ms; a response helps all forms")
    func asking() {
        var assembly = BlockAssembly<IndexForm<Int>>(limits: BlockGossipLimits(), maxPeers: 4)
        assembly.add(form(1), of: hash, number: 0)
        assembly.match(hash, [3, 5, 9], now: start)
        #expect(words(&assembly) == ["1: get #1 [3, 5, 9]"])
        assembly.add(form(2, prefilled: [5]), of: hash, number: 0)
        assembly.match(hash, [3, 5, 9], now: start)
        #expect(words(&assembly).isEmpty)
        let next = start + .milliseconds(150)
        #expect(assembly.deadline == next)
        assembly.deadlineReached(now: next)
        #expect(words(&assembly) == ["2: get #2 [3, 9]"])
        assembly.receivedTransactions(2, count: 2, bytes: 300, from: peer(2), now: next) {
            () throws(WireError) in [3, 9]
        }
        #expect(words(&assembly) == ["2+", "complete by 2, brought [3, 5, 9]"])
    }

    @Test("nobody is asked where the sums suffice, which with e more than needed they do with probability 1 - 2^-e")
    func repair() {
        let parts = load.partsPerTransaction
        for (luck, isRepaired) in [(1, true), (4, true), (8, false)] as [(UInt64, Bool)] {
            var assembly = BlockAssembly<IndexForm<Int>>(limits: BlockGossipLimits(), maxPeers: 4)
            let size = RepairSize(transactions: 2 + 3, parts: 2 * parts + 3)
            assembly.add(form(1, prefilled: [0], repair: size, luck: luck), of: hash, number: 0)
            assembly.match(hash, [0, 3, 5], now: start)
            #expect(words(&assembly) == [isRepaired ? "complete by 1, brought [0]" : "1: get #1 [3, 5]"])
        }
    }
}

import Chain
import Discovery
import Execution
import KeyValue
public import NodeRecord
import PeerBook
import RLP
import SansIO
import Storage

extension NodeCore {
    /// The genesis and the head of the store's chain; an empty store gets the genesis block first.
    ///
    /// - Throws: also where the genesis has a fork below the head that the chain was built without.
    static func openChain(
        _ configuration: NodeConfiguration, _ store: ChainStore
    ) throws(NodeError) -> (genesis: Header, head: ChainHead) {
        let (genesis, head) = try openBlocks(configuration, store)
        let config = configuration.genesis.config
        let conflict: String?
        do throws(StorageError) {
            let stored = try StoredForks(store.store)
            conflict = stored?.conflict(with: config, head: head.header)
            if conflict == nil, stored?.matches(config) != true { try StoredForks.write(config, to: store.store) }
        } catch {
            throw .storage("\(error)")
        }
        if let conflict { throw .genesis(conflict) }
        return (genesis, head)
    }

    private static func openBlocks(
        _ configuration: NodeConfiguration, _ store: ChainStore
    ) throws(NodeError) -> (genesis: Header, head: ChainHead) {
        do throws(ExecutionError) {
            let genesis = try GenesisState.commit(
                configuration.genesis, into: store, networkID: configuration.networkID)
            do throws(StorageError) {
                guard let head = try store.head() else { throw .malformedRecord(.metadata, key: [], .invalidValue) }
                return (genesis.header, head)
            } catch {
                throw .storage(error)
            }
        } catch {
            throw .storage("\(error)")
        }
    }

    /// The discovery machine, or just the record where discovery is off.
    static func makeDiscovery(
        _ configuration: NodeConfiguration, _ view: EthView, seal: any PacketSealV4, random: NodeRandom, now: Instant
    ) throws(NodeError) -> (DiscoveryV4?, NodeRecord?) {
        do throws(NodeRecordError) {
            var discovery = try DiscoveryV4(
                key: configuration.key, ip: configuration.advertisedIP, udpPort: configuration.udpPort,
                tcpPort: configuration.tcpPort, entries: [(NodeRecord.Key.eth, view.recordEntry)],
                bootnodes: configuration.bootnodes, random: random, now: now)
            discovery.seal = seal
            return (configuration.discoveryEnabled ? discovery : nil, discovery.localRecord)
        } catch {
            throw .genesis("the node's record can't be made: \(error)")
        }
    }

    /// A node to begin searching with, whose address was found only now.
    public mutating func addBootnode(_ contact: NodeContact) { discovery?.seed([contact]) }

    /// Carries out what discovery wants.
    ///
    /// - Returns: whether there was anything.
    mutating func carryOutDiscovery() -> Bool {
        noteExpirations()
        let effects = discovery?.takeEffects() ?? []
        for effect in effects {
            switch effect {
            case .send(let bytes, let to):
                upload.note(control: bytes.count, now: now)
                append(.sendDatagram(bytes, to: to))
            case .found(let contact):
                // Without the node's own word for it the TCP port is what somebody has said.
                let source: ContactSource = contact.record == nil ? .hearsay(by: contact.id) : .discovery
                peers.addCandidate(contact, from: source, now: now)
            }
        }
        return !effects.isEmpty
    }
}

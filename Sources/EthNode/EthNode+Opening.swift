import Chain
import Execution
import KeyValue
import NodeCore
import RLP
import Storage

extension EthNode {
    /// The genesis and the head of the store's chain; an empty store gets the genesis block first.
    ///
    /// - Throws: also where the genesis has a fork below the head that the chain was built without.
    static func openChain(
        _ configuration: EthConfiguration, _ store: ChainStore
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
        _ configuration: EthConfiguration, _ store: ChainStore
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
}

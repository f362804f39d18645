public import Chain
import DevP2P
public import EthNode
import Gossip
import NodeCore
public import NodeNIO
public import Primitives

// A node's chain, for the program that runs the node.
extension NodeService {
    /// Hands a transaction to the pool, and with that to the peers.
    ///
    /// - Returns: the transaction's hash.
    /// - Throws: why it isn't taken.
    public func submit(_ transaction: Transaction) async throws(SubmissionError) -> Hash32 {
        let answer: Result<Hash32, PoolError>?
        do throws(NodeServiceError) {
            answer = try await ask(EthNode.builtIn[0]) { EthCommand.submit(transaction, $0) }
        } catch {
            throw .service(error)
        }
        switch answer {
        case .success(let hash): return hash
        case .failure(let error): throw .rejected(error)
        case nil: throw .service(.notRunning)
        }
    }

    /// Looks at the chain on the node's home loop, where nothing else may run meanwhile: so no more than some milliseconds.
    ///
    /// - Throws: `notRunning` before `start`; `noSuchCapability` of a node without a chain.
    public func chain<R: Sendable>(_ body: @Sendable (EthNode) -> R) throws(NodeServiceError) -> R {
        guard let result = try read({ (core: NodeCore) in core.host(EthNode.self).map(body) }) else {
            throw .noSuchCapability(EthNode.builtIn[0])
        }
        return result
    }

    /// What the chain is doing.
    public var chainStatus: ChainStatus {
        get throws(NodeServiceError) { try chain { $0.status } }
    }
}

import Chain
import Consensus
import DevP2P
import EthWire
import KeyValue
import Primitives
public import Storage

/// Work of a download for a worker thread: what reads the store, or decodes and hashes what a peer has sent.
///
/// Answered by `BlockDownloader.taskCompleted` with what `run` returns.
public struct DownloadTask: Sendable {
    enum Work: Sendable {
        /// Whether the store has this block.
        case find(Hash32)
        /// Decodes and hashes headers, and finds the last one that the store has.
        case headers(EncodedList<Header>)
        /// Decodes bodies, checks each against its header, and makes blocks of them.
        case bodies(EncodedList<BlockBody>, [Header])
    }

    let id: UInt64
    let work: Work

    /// - Complexity: decodes and hashes one response, of at most 10 MiB.
    public func run(on chain: ChainStore) -> DownloadTaskResult {
        do throws(StorageError) {
            return DownloadTaskResult(id: id, outcome: try outcome(chain))
        } catch {
            return DownloadTaskResult(id: id, outcome: .failed(error))
        }
    }

    private func outcome(_ chain: ChainStore) throws(StorageError) -> DownloadTaskResult.Outcome {
        switch work {
        case .find(let hash):
            return .found(try chain.contains(hash))
        case .headers(let list):
            guard let headers = try? list.decoded() else { return .malformed }
            let hashes = headers.map(\.hash)
            var known = hashes.count - 1
            while known >= 0, !(try chain.contains(hashes[known])) { known -= 1 }
            return .headers(headers, hashes, known: known < 0 ? nil : known)
        case .bodies(let list, let headers):
            var blocks: [(Block, bytes: Int)] = []
            // One by one: transactions take more memory than bytes, so a body that nobody vouches for is never kept
            // while the next one is decoded.
            for (item, header) in zip(list.items(), headers) {
                guard let body = try? list.decode(item) else { return .malformed }
                guard BodyRules.brokenRule(of: body, header: header) == nil else { break }
                blocks.append((Block(header: header, body: body), item.count))
            }
            return .blocks(blocks, areAllValid: blocks.count == list.count)
        }
    }
}

/// What a `DownloadTask` has found.
public struct DownloadTaskResult: Sendable {
    enum Outcome: Sendable {
        case found(Bool)
        case headers([Header], [Hash32], known: Int?)
        /// The blocks up to the first body that isn't its header's.
        case blocks([(Block, bytes: Int)], areAllValid: Bool)
        case malformed
        case failed(StorageError)
    }

    let id: UInt64
    let outcome: Outcome
}

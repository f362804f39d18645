import Chain
import KeyValue
import RLP
import Storage

/// The forks that a store's chain was built with, kept beside it: a fork that is added below the head would make the node
/// leave the chain that it has itself (go-ethereum's `CheckCompatible`).
struct StoredForks {
    private static let key = Array("forks".utf8)

    private let forks: [String: UInt64]

    /// Nil in a store of an earlier version, which has none.
    init?(_ store: any KeyValueStore) throws(StorageError) {
        guard let bytes = try store.get(Self.key, in: .metadata) else { return nil }
        do throws(RLPError) {
            var reader = RLPReader(bytes)
            var list = try reader.readList()
            var forks: [String: UInt64] = [:]
            while !list.isAtEnd {
                let name = String(decoding: try list.readBytes(), as: UTF8.self)
                forks[name] = try list.read(UInt64.self)
            }
            self.forks = forks
        } catch {
            throw .malformedRecord(.metadata, key: Self.key, error)
        }
    }

    /// Writes the forks of a config in place of those that are kept.
    static func write(_ config: ChainConfig, to store: any KeyValueStore) throws(StorageError) {
        var writer = RLPWriter()
        writer.list { list in
            for fork in ChainConfig.blockForks + ChainConfig.timeForks {
                guard let at = config[keyPath: fork.path] else { continue }
                list.write(Array(fork.key.utf8))
                list.write(at)
            }
        }
        var batch = WriteBatch()
        batch.put(.metadata, key, writer.bytes)
        try store.write(batch, durable: true)
    }

    /// Whether a config has the forks that are kept.
    func matches(_ config: ChainConfig) -> Bool {
        (ChainConfig.blockForks + ChainConfig.timeForks).allSatisfy { forks[$0.key] == config[keyPath: $0.path] }
    }

    /// The first fork that has changed where the chain has passed it: one sentence. Nil where there is none.
    func conflict(with config: ChainConfig, head: Header) -> String? {
        for (fields, at, unit) in [
            (ChainConfig.blockForks, head.number, "block"), (ChainConfig.timeForks, head.timestamp, "time"),
        ] {
            for fork in fields {
                let (old, new) = (forks[fork.key], config[keyPath: fork.path])
                guard old != new, [old, new].contains(where: { $0.map { $0 <= at } ?? false }) else { continue }
                let (was, wanted) = (
                    old.map { "at \(unit) \($0)" } ?? "not there", new.map { "is \($0)" } ?? "has none"
                )
                return
                    "\(fork.key) in the genesis \(wanted), but the chain in the datadir was built with it \(was) and its "
                    + "head is block \(head.number) already: give the fork a \(unit) above the head, or use another --datadir"
            }
        }
        return nil
    }
}

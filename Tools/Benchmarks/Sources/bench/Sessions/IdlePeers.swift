import CBench
import DevP2P
import EthCrypto
import EthNode
import Foundation
import KeyValue
import NodeCore
import NodeNIO
import NodeRecord
import Storage

/// Memory of a whole node with 1,000 peers that are connected and silent: real sockets, an `eth` session each. The far
/// ends are in a process of their own, so that all that this one takes is the node's.
enum IdlePeers {
    private static let count = 1_000
    /// Longer than the interval of pings, at which an idle connection gives back buffers.
    private static let silence = Duration.seconds(18)

    static func figures() async throws -> [Figure] {
        var random = SystemRandomNumberGenerator()
        let key = PrivateKey.generate(using: &random)
        let (node, chain) = configuration(key)
        let service = NodeService(configuration: node, store: MemoryStore(), hosts: [chain])
        try await service.start()
        let (heap, resident) = (bench_heap_bytes(), residentBytes())
        guard let port = try await service.localRecord.tcp else { throw BenchFailure.unexpected("no port") }
        let farEnds = try FarEnds.launch(count: count, port: port, key: key.publicKey)
        try farEnds.waitUntilConnected()
        try await Task.sleep(for: silence)
        let live = try await service.peers.count { $0.capabilities.contains { $0.name == "eth" } }
        guard live == count else { throw BenchFailure.unexpected("\(live) idle peers instead of \(count)") }
        let (heapEach, residentEach) = (
            Double(bench_heap_bytes() - heap) / Double(count), Double(residentBytes() - resident) / Double(count)
        )
        farEnds.end()
        await service.stop()
        return [
            Figure(
                SessionFigures.group, "node with 1,000 idle peers: resident memory a peer", residentEach / 1024, "KiB",
                goal: .atMost(64)),
            Figure(
                SessionFigures.group, "node with 1,000 idle peers: heap a peer", heapEach / 1024, "KiB",
                goal: .atMost(64)),
        ]
    }

    private static func configuration(_ key: PrivateKey) -> (NodeServiceConfiguration, EthConfiguration) {
        let bare = ChainNodeConfiguration.bare(key: key, clientID: "Starling/bench", port: 0)
        var node = bare.node
        node.discoveryEnabled = false
        // A third of the places is for peers that the node dials.
        node.maxPeers = count * 3 / 2 + 1
        var configuration = NodeServiceConfiguration(node: node)
        configuration.bindHost = "127.0.0.1"
        return (configuration, bare.chain)
    }

    private static func residentBytes() -> UInt64 {
        let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
        return fields.count > 1 ? (UInt64(fields[1]) ?? 0) * UInt64(sysconf(Int32(_SC_PAGESIZE))) : 0
    }
}

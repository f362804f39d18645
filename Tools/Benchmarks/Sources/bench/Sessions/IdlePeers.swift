import CBench
import DevP2P
import EthCrypto
import Foundation
import SansIO

/// Memory of connections that are ready and silent.
enum IdlePeers {
    private static let count = 1_000

    /// 1,000 connections live in this process, and so do their far ends: what both take is divided by 2,000. Each has
    /// carried 16 KiB each way, and then been silent until its first ping.
    static func figures() -> [Figure] {
        var random = NodeRandom(seed: 3)
        let keys = (0..<count).map { _ in PrivateKey.generate(using: &random) }
        let message = [UInt8].noise(16 << 10)
        var pairs: [Box<ConnectionPair>] = []
        pairs.reserveCapacity(count)
        let (heap, resident) = (bench_heap_bytes(), residentBytes())
        for (index, key) in keys.enumerated() {
            guard let pair = try? ConnectionPair(key, keys[(index + 1) % count], &random) else { continue }
            pairs.append(Box(pair))
        }
        for pair in pairs {
            keep(pair.value.exchange(message, 1))
            let ping = ConnectionPair.now + .seconds(15)
            pair.value.initiator.deadlineReached(now: ping)
            pair.value.recipient.deadlineReached(now: ping)
            pair.value.settle()
        }
        let ends = Double(2 * pairs.count)
        let live = pairs.count { !$0.value.initiator.wantsClose && !$0.value.recipient.wantsClose }
        let (heapEach, residentEach) = (
            Double(bench_heap_bytes() - heap) / ends, Double(residentBytes() - resident) / ends
        )
        keep(pairs)
        guard live == count else { return [] }
        return [
            Figure(
                SessionFigures.group, "idle peer, 1,000 live: resident memory", residentEach / 1024, "KiB",
                goal: .atMost(64)),
            Figure(SessionFigures.group, "idle peer, 1,000 live: heap", heapEach / 1024, "KiB", goal: .atMost(64)),
        ]
    }

    private static func residentBytes() -> UInt64 {
        let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
        return fields.count > 1 ? (UInt64(fields[1]) ?? 0) * UInt64(sysconf(Int32(_SC_PAGESIZE))) : 0
    }
}

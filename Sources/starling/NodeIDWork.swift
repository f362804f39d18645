import EthCrypto
import Files
import Foundation

/// Makes keys whose node ids have cost work.
enum NodeIDWork {
    /// More takes weeks.
    static let range = 0...40

    /// A new key whose node id has so much work. Tells on standard error how it goes.
    static func makeKey(work: Int) -> PrivateKey {
        var random = SystemRandomNumberGenerator()
        let start = Date()
        var told = start
        var tries: UInt64 = 0
        while true {
            let key = PrivateKey.generate(using: &random)
            if work <= 0 || key.publicKey.nodeID.work >= work { return key }
            tries += 1
            guard tries % 4_096 == 0, Date().timeIntervalSince(told) >= 2 else { continue }
            told = Date()
            let rate = Double(tries) / told.timeIntervalSince(start)
            let expected = UInt64(1) << UInt64(work)
            say(
                "\(tries) keys tried, one in \(expected) will do; \(Int(rate)) a second, on average \(seconds(expected, rate))"
            )
        }
    }

    private static func say(_ line: String) { OutputDescriptor.standardError.writeLine(line) }

    private static func seconds(_ expected: UInt64, _ rate: Double) -> String {
        let seconds = Double(expected) / max(rate, 1)
        return seconds < 120 ? "\(Int(seconds)) s" : "\(Int(min(seconds / 60, 1e9))) min"
    }
}

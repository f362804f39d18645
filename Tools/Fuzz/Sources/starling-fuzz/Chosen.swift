import FuzzTargets
import Glibc

/// What this process is to fuzz. libFuzzer's callback can reach nothing but what is global.
enum Chosen {
    static let target = environment("STARLING_FUZZ_TARGET").flatMap(FuzzTarget.named)

    static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}

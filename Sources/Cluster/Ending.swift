import Foundation

/// How a process ended.
enum Ending: Hashable, Sendable, CustomStringConvertible {
    case exit(Int32)
    case signal(Int32)

    /// Whether this is the end of a node that was asked to stop.
    var isOrderly: Bool { self == .exit(0) }

    /// Whether the node failed by itself: neither an orderly end nor a signal with which users stop processes.
    var isCrash: Bool {
        switch self {
        case .exit(let status): status != 0
        case .signal(let number): ![SIGKILL, SIGTERM, SIGINT, SIGHUP].contains(number)
        }
    }

    var description: String {
        switch self {
        case .exit(let status): "exit status \(status)"
        case .signal(let number): "signal \(number)" + (Self.names[number].map { " (\($0))" } ?? "")
        }
    }

    private static let names: [Int32: String] = [
        SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGILL: "SIGILL", SIGTRAP: "SIGTRAP", SIGABRT: "SIGABRT", SIGBUS: "SIGBUS",
        SIGFPE: "SIGFPE", SIGKILL: "SIGKILL", SIGSEGV: "SIGSEGV", SIGPIPE: "SIGPIPE", SIGTERM: "SIGTERM",
    ]
}

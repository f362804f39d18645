import DevP2P
import Logging

/// What is to be said of an event. The text is made only if it is written.
struct LogLine {
    let level: Logger.Level
    /// What counts as the same line where their number is limited; nil for one that isn't.
    let cause: String?
    let peer: Peer?
    /// Whether only signers of the chain can cause it.
    let isOfChain: Bool
    let text: () -> String

    /// A line that others can cause: strangers, or (`isOfChain`) signers of the chain alone.
    static func limited(
        _ level: Logger.Level, _ cause: String, of peer: Peer? = nil, isOfChain: Bool = false,
        _ text: @autoclosure @escaping () -> String
    ) -> LogLine {
        LogLine(level: level, cause: cause, peer: peer, isOfChain: isOfChain, text: text)
    }

    static func unlimited(_ level: Logger.Level, _ text: @autoclosure @escaping () -> String) -> LogLine {
        LogLine(level: level, cause: nil, peer: nil, isOfChain: false, text: text)
    }
}

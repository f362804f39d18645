/// Why a text is no reputation table.
public struct ReputationTableError: Error, Hashable, Sendable {
    public enum Problem: Hashable, Sendable {
        /// A line that begins with none of `offence`, `merit`, `setting`.
        case unknownKeyword(String)
        case unknownName(String, known: [String])
        /// A line with too few or too many words.
        case malformed(expected: String)
        case notANumber(String, allowed: ClosedRange<Int>)
        /// The third word of an offence is neither `fact` nor `judgement`.
        case unknownBasis(String)
        /// A name for the second time.
        case repeated(String)
        /// Two settings contradict each other: the first must be smaller, or at least not larger.
        case outOfOrder(ReputationSetting, ReputationSetting, mayBeEqual: Bool)
    }

    /// Counted from 1; nil where the table as a whole is wrong.
    public let line: Int?
    public let problem: Problem
}

extension ReputationTableError: CustomStringConvertible {
    /// One sentence for the user.
    public var description: String {
        let text =
            switch problem {
            case .unknownKeyword(let word): "'\(word)' is none of offence, merit, setting"
            case .unknownName(let name, let known):
                "'\(name)' is unknown; there are " + known.joined(separator: ", ")
            case .malformed(let expected): "the line must be: \(expected)"
            case .notANumber(let word, let allowed):
                "'\(word)' is no number from \(allowed.lowerBound) to \(allowed.upperBound)"
            case .unknownBasis(let word): "'\(word)' is neither fact nor judgement"
            case .repeated(let name): "\(name) is there already"
            case .outOfOrder(let low, let high, let mayBeEqual):
                "\(low.rawValue) must be \(mayBeEqual ? "at most" : "below") \(high.rawValue)"
            }
        return line.map { "line \($0): \(text)" } ?? text
    }
}

import DevP2P

// The table as a file: a line for each entry that differs from the standard.
//
//     # What comes after a hash is a comment.
//     offence requestTimeout 4 judgement
//     merit firstBlock 32
//     setting banAt 300
extension ReputationTable {
    private static let pointRange = 0...100_000

    /// Reads a table; what it doesn't name is as in the standard one.
    ///
    /// - Throws: what is wrong, and in which line.
    public init(text: String) throws(ReputationTableError) {
        self = .standard
        var seen = Set<String>()
        // A line ends with a line feed, before which Windows puts another character.
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for (index, line) in lines.enumerated() {
            let words = line.prefix { $0 != "#" }.split { $0.isWhitespace }.map(String.init)
            guard let keyword = words.first else { continue }
            do throws(Fault) {
                try read(keyword, Array(words.dropFirst()), &seen)
            } catch {
                throw ReputationTableError(line: index + 1, problem: error.problem)
            }
        }
        try checkOrder()
    }

    private struct Fault: Error {
        let problem: ReputationTableError.Problem

        init(_ problem: ReputationTableError.Problem) { self.problem = problem }
    }

    private mutating func read(_ keyword: String, _ words: [String], _ seen: inout Set<String>) throws(Fault) {
        switch keyword {
        case "offence":
            guard words.count == 3 else { throw Fault(.malformed(expected: "offence NAME POINTS fact|judgement")) }
            let offence = try Self.name(words[0], Offence.self)
            self[offence].points = try Self.number(words[1], in: Self.pointRange)
            guard ["fact", "judgement"].contains(words[2]) else { throw Fault(.unknownBasis(words[2])) }
            self[offence].isSubjective = words[2] == "judgement"
        case "merit":
            guard words.count == 2 else { throw Fault(.malformed(expected: "merit NAME POINTS")) }
            self[try Self.name(words[0], Merit.self)] = try Self.number(words[1], in: Self.pointRange)
        case "setting":
            guard words.count == 2 else { throw Fault(.malformed(expected: "setting NAME NUMBER")) }
            let setting = try Self.name(words[0], ReputationSetting.self)
            self[setting] = try Self.number(words[1], in: setting.range)
        default: throw Fault(.unknownKeyword(keyword))
        }
        guard seen.insert("\(keyword) \(words[0])").inserted else { throw Fault(.repeated("\(keyword) \(words[0])")) }
    }

    private static func name<Name: RawRepresentable<String> & CaseIterable>(
        _ word: String, _ type: Name.Type
    ) throws(Fault) -> Name {
        guard let name = Name(rawValue: word) else {
            throw Fault(.unknownName(word, known: Name.allCases.map(\.rawValue)))
        }
        return name
    }

    private static func number(_ word: String, in range: ClosedRange<Int>) throws(Fault) -> Int {
        guard let number = Int(word), range.contains(number) else { throw Fault(.notANumber(word, allowed: range)) }
        return number
    }

    /// What must be smaller than what, so that each threshold has a way back that is clearly below it.
    private static let order: [(ReputationSetting, ReputationSetting, mayBeEqual: Bool)] = [
        (.serveAgainAt, .ignoreAt, false), (.ignoreAt, .disconnectAt, true), (.readmitAt, .disconnectAt, false),
        (.disconnectAt, .banAt, true), (.banAt, .maximum, true), (.firstBanSeconds, .longestBanSeconds, true),
        (.rangeTightenAt, .rangeCloseAt, false), (.rangeReopenAt, .rangeCloseAt, false),
        (.rangeCloseAt, .rangeMaximum, true),
    ]

    private func checkOrder() throws(ReputationTableError) {
        for (low, high, mayBeEqual) in Self.order {
            guard mayBeEqual ? self[low] <= self[high] : self[low] < self[high] else {
                throw ReputationTableError(line: nil, problem: .outOfOrder(low, high, mayBeEqual: mayBeEqual))
            }
        }
    }
}

extension ReputationTable: CustomStringConvertible {
    /// The whole table in the form that `init(text:)` reads.
    public var description: String {
        var lines = ["# offence NAME POINTS fact|judgement"]
        for offence in Offence.allCases {
            let rule = self[offence]
            lines.append("offence \(offence.rawValue) \(rule.points) \(rule.isSubjective ? "judgement" : "fact")")
        }
        lines.append("\n# merit NAME POINTS")
        for merit in Merit.allCases { lines.append("merit \(merit.rawValue) \(self[merit])") }
        lines.append("\n# setting NAME NUMBER")
        for setting in ReputationSetting.allCases {
            lines.append("setting \(setting.rawValue) \(self[setting])  # \(setting.summary)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

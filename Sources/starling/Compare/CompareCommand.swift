import ArgumentParser
import Files
import Foundation

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare ways to spread blocks and to find nodes, and what attacks on both take.",
        discussion: """
            Messages only, apart from budgets: nodes have no sessions, no chains and no encryption, and what a message \
            carries is a number. Its size is that of the real one. The same seed gives the same figures.
            """,
        subcommands: [PropagationCommand.self, LookupCommand.self, AttacksCommand.self, BudgetsCommand.self])
}

/// Columns of text, the first to the left and the others to the right.
struct TextTable {
    private var rows: [[String]]

    init(_ titles: [String]) { rows = [titles] }

    mutating func append(_ row: [String]) { rows.append(row) }

    var text: String {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return column == 0 ? cell.0 + space : space + cell.0
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}

extension Double {
    func text(_ digits: Int) -> String { String(format: "%.\(digits)f", self) }
}

enum CompareOutput {
    /// Cases by their names, separated by commas.
    static func cases<Case: RawRepresentable & CaseIterable>(_ text: String, _ option: String) throws -> [Case]
    where Case.RawValue == String {
        try text.split(separator: ",").map { name in
            guard let value = Case(rawValue: String(name)) else {
                let known = Case.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--\(option) knows \(known)")
            }
            return value
        }
    }

    /// One case by its name; nil where none was given.
    static func choice<Case: RawRepresentable & CaseIterable>(_ text: String?, _ option: String) throws -> Case?
    where Case.RawValue == String {
        let chosen: [Case]? = try text.map { try cases($0, option) }
        guard chosen.map({ $0.count == 1 }) ?? true else { throw ValidationError("--\(option) takes one name") }
        return chosen?.first
    }

    /// As JSON, where a path was given.
    static func write(_ rows: [some Encodable], to path: String?) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try write(String(decoding: try encoder.encode(rows), as: UTF8.self), to: path)
    }

    static func write(_ text: String, to path: String?) throws {
        guard let path else { return }
        do throws(FileError) {
            try AtomicFile.write(text.utf8, to: path)
        } catch {
            throw CleanExit.failure("compare: \(error)")
        }
    }

    /// The most memory that this process has had, in MiB.
    static var peakMemory: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss / 1_024
    }
}

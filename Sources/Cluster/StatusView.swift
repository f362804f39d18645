import Foundation

/// The live table on a terminal; without a terminal, a line every few seconds.
struct StatusView {
    private var linesDrawn = 0
    private var sizeDrawn: Console.Size?
    private var lastLine = Date.distantPast
    /// The lines above the table for a size, which are printed again when the size has changed.
    private var above: (Console.Size?) -> [String] = { _ in [] }

    /// Seconds between lines without a terminal.
    private static let pace = 3.0

    mutating func show(_ rows: [StatusTable.Row], now: Date = Date()) {
        guard let size = Console.size else { return log(rows, now) }
        let lines = StatusTable(rows: rows, size: size).lines
        var text = ""
        if let sizeDrawn, sizeDrawn != size {
            // The terminal has wrapped the lines drawn at another width in an unknown way, so everything is drawn
            // again.
            text = "\u{1b}[2J\u{1b}[H"
            let above = above(size).flatMap { Console.wrapped($0, width: size.width) }
            if above.count + lines.count < size.height { text += above.map { $0 + "\n" }.joined() }
        } else if linesDrawn > 0 {
            text = "\u{1b}[\(linesDrawn)A\r"
        }
        Console.write(text + lines.map { "\u{1b}[2K" + $0 + "\n" }.joined() + "\u{1b}[J")
        (linesDrawn, sizeDrawn) = (lines.count, size)
    }

    /// Prints a message above the table.
    mutating func say(_ line: String) {
        if linesDrawn > 0 { Console.write("\u{1b}[\(linesDrawn)A\r\u{1b}[J") }
        linesDrawn = 0
        Console.say(line)
    }

    /// Prints lines above the table, and prints them again when the terminal changes its size.
    mutating func introduce(_ lines: @escaping (Console.Size?) -> [String]) {
        above = lines
        say(lines(Console.size).joined(separator: "\n"))
    }

    /// Prints a message below the table, which isn't drawn any more.
    mutating func end(_ line: String) {
        linesDrawn = 0
        say(line)
    }

    private mutating func log(_ rows: [StatusTable.Row], _ now: Date) {
        guard now.timeIntervalSince(lastLine) >= Self.pace else { return }
        lastLine = now
        Console.write(StatusTable(rows: rows, size: .init(width: 1000, height: 10)).summary + "\n")
    }
}

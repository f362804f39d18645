import Files
import Foundation
import Synchronization

/// Standard output: unbuffered, also into a pipe, and without a crash when the reader closes it.
enum Console {
    /// The columns and rows of a terminal.
    struct Size: Equatable {
        var width: Int
        var height: Int
    }

    private static let gone = Mutex(false)

    /// Whether the reader of the output has closed it: a pipe or a terminal.
    static var isGone: Bool { gone.withLock { $0 } }

    /// The present size of the terminal; nil if the output is no terminal.
    static var size: Size? {
        guard isatty(STDOUT_FILENO) == 1 else { return nil }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return Size(width: 80, height: 24)
        }
        return Size(width: Int(size.ws_col), height: Int(size.ws_row))
    }

    static func write(_ text: String) {
        guard !isGone, OutputDescriptor.standardOutput.write(Array(text.utf8)).error != 0 else { return }
        gone.withLock { $0 = true }
    }

    /// Prints a line, on a terminal wrapped between words.
    static func say(_ line: String) {
        write(
            line.split(separator: "\n", omittingEmptySubsequences: false)
                .flatMap { wrapped(String($0), width: size?.width) }.joined(separator: "\n") + "\n")
    }

    /// Splits a line at spaces into pieces of at most `width` columns; a longer word isn't split.
    static func wrapped(_ line: String, width: Int?) -> [String] {
        guard let width, line.count > width else { return [line] }
        var pieces: [String] = []
        var piece = ""
        for word in line.split(separator: " ", omittingEmptySubsequences: false) {
            if !piece.isEmpty, piece.count + 1 + word.count > width {
                pieces.append(piece)
                piece = String(word)
            } else {
                piece += piece.isEmpty && pieces.isEmpty && word.isEmpty ? " " : (piece.isEmpty ? "" : " ") + word
            }
        }
        return pieces + [piece]
    }
}

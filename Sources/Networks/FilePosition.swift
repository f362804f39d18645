/// A position in a file; lines and columns count from 1.
public struct FilePosition: Hashable, Sendable, CustomStringConvertible {
    /// The path of the file, as the user gave it.
    public var file: String
    /// The line.
    public var line: Int
    /// The column, in characters.
    public var column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    public var description: String { "\(file), line \(line), column \(column)" }
}

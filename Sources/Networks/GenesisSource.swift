import JSONText

/// The text of a genesis file, to convert offsets to positions.
struct GenesisSource {
    let file: String
    let text: [UInt8]

    /// - Complexity: O(offset).
    func position(of offset: Int) -> FilePosition {
        let before = text[..<min(offset, text.count)]
        let lineStart = before.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
        // Only the first byte of each UTF-8 character is counted.
        let column = before[lineStart...].count { $0 & 0xc0 != 0x80 }
        return FilePosition(file: file, line: before.count { $0 == 0x0a } + 1, column: column + 1)
    }

    func error(_ fault: JSONFault) -> GenesisFileError {
        switch fault {
        case .syntax(let error): .notJSON(at: position(of: error.offset), expected: error.expected)
        case .duplicate(let offset, let key, let first):
            .duplicate(at: position(of: offset), key: key, firstLine: position(of: first).line)
        }
    }
}

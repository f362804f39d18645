import JSONText

/// The text of a genesis file, to find the place of an offset in.
struct GenesisSource {
    let file: String
    let text: [UInt8]

    /// - Complexity: O(offset).
    func place(of offset: Int) -> FilePlace {
        let before = text[..<min(offset, text.count)]
        let lineStart = before.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
        // Of UTF-8 only the first byte of a character counts.
        let column = before[lineStart...].count { $0 & 0xc0 != 0x80 }
        return FilePlace(file: file, line: before.count { $0 == 0x0a } + 1, column: column + 1)
    }

    func error(_ fault: JSONFault) -> GenesisFileError {
        switch fault {
        case .syntax(let error): .notJSON(at: place(of: error.offset), expected: error.expected)
        case .duplicate(let offset, let key, let first):
            .duplicate(at: place(of: offset), key: key, firstLine: place(of: first).line)
        }
    }
}

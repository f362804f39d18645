import Foundation

/// The files of this checkout, for tests about the code itself.
enum Checkout {
    static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    struct File: Sendable, CustomStringConvertible {
        let path: String
        let lines: [String]
        var description: String { path }

        /// The room that the file belongs to: the folder below Sources or Examples.
        var room: String { String(path.split(separator: "/")[1]) }

        /// The modules that the file imports.
        var imports: [String] {
            lines.compactMap { line in
                let words = line.split(separator: " ")
                guard let at = words.firstIndex(of: "import"), at + 1 < words.count,
                    words[..<at].allSatisfy({
                        ["public", "internal", "package", "private", "@testable"].contains($0) || $0.hasPrefix("@_")
                    })
                else { return nil }
                // `import struct NIOCore.ByteBuffer` names a kind and a declaration.
                let kinds = ["struct", "class", "enum", "protocol", "func", "typealias", "var", "let", "actor"]
                let module = kinds.contains(String(words[at + 1])) ? words[at + 2] : words[at + 1]
                return String(module.split(separator: ".")[0])
            }
        }
    }

    /// Every file below `folder` whose name ends in one of `endings`, sorted by path.
    static func files(in folder: String, endings: [String] = [".swift"]) -> [File] {
        let base = root.appendingPathComponent(folder)
        guard let walk = FileManager.default.enumerator(atPath: base.path) else { return [] }
        return walk.compactMap { $0 as? String }
            .filter { name in
                endings.contains { name.hasSuffix($0) } && !name.split(separator: "/").contains { $0.hasPrefix(".") }
            }
            .sorted()
            .compactMap { name in
                guard let text = try? String(contentsOf: base.appendingPathComponent(name), encoding: .utf8) else {
                    return nil
                }
                return File(path: "\(folder)/\(name)", lines: text.components(separatedBy: "\n"))
            }
    }

    static let sources = files(in: "Sources")

    static func text(_ path: String) -> String? {
        try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }
}

public import Foundation

/// The folder of test vectors: data files, one folder a subject, each with a README that names its origin.
///
/// The folder is not part of this repository. It is found at the path in the environment variable `STARLING_VECTORS`,
/// else at `../shared/vectors` beside the package. Tests that need it are skipped, with a message, where it is absent:
/// `@Test(.enabled(if: TestVectors.isPresent, "no vectors"))`.
public enum TestVectors {
    /// The folder, or nil where it is absent.
    public static let root: URL? = locate()

    public static var isPresent: Bool { root != nil }

    /// The bytes of the file at `path`, relative to `root`; a file named `.gz` is unpacked.
    public static func data(_ path: String) throws -> [UInt8] {
        let file = try url(path)
        return path.hasSuffix(".gz") ? try unpack(file) : [UInt8](try Data(contentsOf: file))
    }

    /// The text of the file at `path`; a file named `.gz` is unpacked.
    public static func text(_ path: String) throws -> String {
        guard let text = String(validating: try data(path), as: UTF8.self) else {
            throw TestVectorsError.notText(path)
        }
        return text
    }

    /// The lines of the text file at `path` that are not empty, without white space at their ends.
    public static func lines(_ path: String) throws -> [String] {
        try text(path).split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    /// The parsed JSON of the file at `path`; a file named `.gz` is unpacked.
    public static func json(_ path: String) throws -> JSONValue {
        try JSONValue(parsing: try data(path))
    }

    /// The bytes that the text file at `path` holds as hexadecimal digits, with or without `0x` and line breaks.
    public static func hex(_ path: String) throws -> [UInt8] {
        guard let bytes = JSONValue.string(try text(path).filter { !$0.isWhitespace }).bytes else {
            throw TestVectorsError.notHex(path)
        }
        return bytes
    }

    /// The paths, relative to `root` and sorted, of all files below `folder` whose names end with `suffix`.
    public static func files(in folder: String, suffix: String = "") throws -> [String] {
        let top = try url(folder)
        guard let names = FileManager.default.enumerator(atPath: top.path) else {
            throw TestVectorsError.notFound(folder)
        }
        var paths: [String] = []
        for case let name as String in names where name.hasSuffix(suffix) {
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(
                atPath: top.appendingPathComponent(name).path, isDirectory: &isFolder)
            if exists && !isFolder.boolValue { paths.append(folder + "/" + name) }
        }
        return paths.sorted()
    }

    /// Where the file or folder at `path`, relative to `root`, is.
    public static func url(_ path: String) throws -> URL {
        guard let root else { throw TestVectorsError.absent }
        let url = root.appendingPathComponent(path)
        guard FileManager.default.fileExists(atPath: url.path) else { throw TestVectorsError.notFound(path) }
        return url
    }

    private static func locate() -> URL? {
        let folder: URL
        if let path = ProcessInfo.processInfo.environment["STARLING_VECTORS"], !path.isEmpty {
            folder = URL(fileURLWithPath: path)
        } else {
            // The package may be reached through symbolic links: what is beside it is beside the real folder.
            var package = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
            for _ in 0..<3 { package.deleteLastPathComponent() }
            folder = package.deletingLastPathComponent().appendingPathComponent("shared/vectors")
        }
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder)
        return exists && isFolder.boolValue ? folder : nil
    }

    private static func unpack(_ file: URL) throws -> [UInt8] {
        let gzip = Process()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-dc", file.path]
        let output = Pipe()
        gzip.standardOutput = output
        try gzip.run()
        let bytes = [UInt8](try output.fileHandleForReading.readToEnd() ?? Data())
        gzip.waitUntilExit()
        guard gzip.terminationStatus == 0 else { throw TestVectorsError.notUnpacked(file.lastPathComponent) }
        return bytes
    }
}

public enum TestVectorsError: Error, Equatable {
    case absent
    case notFound(String)
    case notText(String)
    case notHex(String)
    case notUnpacked(String)
    /// The offset of the first byte that is not JSON.
    case notJSON(at: Int)
}

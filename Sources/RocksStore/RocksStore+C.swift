import CRocksDB
import Storage

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension RocksStore {
    typealias ErrorText = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    /// Calls RocksDB, which returns an error as a text that the caller frees.
    @discardableResult
    static func checked<R>(_ path: String = "", _ call: (ErrorText) -> R) throws(StorageError) -> R {
        var text: UnsafeMutablePointer<CChar>?
        let result = call(&text)
        guard let text else { return result }
        defer { rocksdb_free(text) }
        throw error(String(cString: text), path)
    }

    /// RocksDB's texts begin with a status code; the rest is its own or the system's sentence.
    static func error(_ text: String, _ path: String) -> StorageError {
        let unknown = "Column families not opened: "
        if let range = text.firstRange(of: unknown) { return .unknownColumn(String(text[range.upperBound...])) }
        if text.contains("lock file") || text.contains("lock hold by") { return .locked(path: path) }
        if let status = ["No space left on device", "Disk quota exceeded"].first(where: { text.contains($0) }) {
            return .diskFull(reason: sentence(text, without: status))
        }
        return text.hasPrefix("Corruption") ? .damaged(reason: text) : .failed(reason: text)
    }

    /// `IO error: STATUS: While appending to file: PATH: STATUS` in fewer words.
    private static func sentence(_ text: String, without status: String) -> String {
        let parts = text.split(separator: ": ").filter {
            $0 != status && $0 != "IO error" && $0 != "Space limit reached"
        }
        let rest = parts.joined(separator: " ")
        return rest.isEmpty ? text : rest.prefix(1).lowercased() + rest.dropFirst()
    }

    /// Makes the folder and those above it, where they are absent.
    static func makeFolders(_ path: String) throws(StorageError) {
        guard !path.isEmpty else { throw .failed(reason: "the path of the database is empty") }
        var ends = path.indices.dropFirst().filter { path[$0] == "/" }
        ends.append(path.endIndex)
        for end in ends where mkdir(String(path[..<end]), 0o755) != 0 && errno != EEXIST {
            if errno == ENOSPC || errno == EDQUOT { throw .diskFull(reason: "no folder \(path[..<end]) can be made") }
            let reason = String(cString: strerror(errno))
            throw .failed(reason: "the folder \(path[..<end]) could not be made: \(reason)")
        }
    }

    /// The texts as C has them, for the time of the call.
    static func withCStrings<R>(_ texts: [String], _ body: ([UnsafePointer<CChar>?]) -> R) -> R {
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies.map { UnsafePointer($0) })
    }
}

extension [UInt8] {
    func withChars<R>(_ body: (UnsafePointer<CChar>?) -> R) -> R {
        withUnsafeBytes { body($0.assumingMemoryBound(to: CChar.self).baseAddress) }
    }
}

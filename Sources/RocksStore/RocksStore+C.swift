import CRocksDB
import KeyValue

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension RocksStore {
    typealias ErrorText = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    /// Calls a function of RocksDB and throws the error text that it returns, after freeing it.
    @discardableResult
    static func checked<R>(_ path: String = "", _ call: (ErrorText) -> R) throws(StorageError) -> R {
        var text: UnsafeMutablePointer<CChar>?
        let result = call(&text)
        guard let text else { return result }
        defer { rocksdb_free(text) }
        throw error(String(cString: text), path)
    }

    /// Translates RocksDB's error text: a status code, then a message of RocksDB or the system.
    static func error(_ text: String, _ path: String) -> StorageError {
        let unknown = "Column families not opened: "
        if let range = text.firstRange(of: unknown) { return .unknownColumn(String(text[range.upperBound...])) }
        if text.contains("lock file") || text.contains("lock hold by") { return .locked(path: path) }
        if let status = ["No space left on device", "Disk quota exceeded"].first(where: { text.contains($0) }) {
            return .diskFull(reason: sentence(text, without: status))
        }
        return text.hasPrefix("Corruption") ? .damaged(reason: text) : .failed(reason: text)
    }

    /// Shortens `IO error: STATUS: While appending to file: PATH: STATUS`.
    private static func sentence(_ text: String, without status: String) -> String {
        let parts = text.split(separator: ": ").filter {
            $0 != status && $0 != "IO error" && $0 != "Space limit reached"
        }
        let rest = parts.joined(separator: " ")
        return rest.isEmpty ? text : rest.prefix(1).lowercased() + rest.dropFirst()
    }

    /// Creates the folder and its parents if they are absent.
    static func makeFolders(_ path: String) throws(StorageError) {
        guard !path.isEmpty else { throw .failed(reason: "the path of the database is empty") }
        var ends = path.indices.dropFirst().filter { path[$0] == "/" }
        ends.append(path.endIndex)
        for end in ends where mkdir(String(path[..<end]), 0o755) != 0 && errno != EEXIST {
            if errno == ENOSPC || errno == EDQUOT {
                throw .diskFull(reason: "the folder \(path[..<end]) can't be created")
            }
            let reason = String(cString: strerror(errno))
            throw .failed(reason: "the folder \(path[..<end]) could not be created: \(reason)")
        }
    }

    /// Calls `body` with the texts as C strings, which are valid during the call only.
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

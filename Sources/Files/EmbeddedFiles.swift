import CEmbedded

/// The files that the program carries: networks and scenarios, by their paths in the source tree, such as
/// `Genesis/mainnet/genesis.json`.
public enum EmbeddedFiles {
    private static let indices: [String: Int] = {
        var indices: [String: Int] = [:]
        for index in 0..<starling_embedded_file_count() {
            indices[String(cString: starling_embedded_file_at(index).path)] = index
        }
        return indices
    }()

    /// The paths, sorted.
    public static var paths: [String] { indices.keys.sorted() }

    /// The content of a file; nil where the program carries none of this path.
    public static func content(of path: String) -> [UInt8]? {
        indices[path].map { index in
            let file = starling_embedded_file_at(index)
            return Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
        }
    }

    /// The commit that the program was built from, as `git describe` says it; empty where the build didn't tell.
    public static var commit: String { String(cString: starling_commit()) }
}

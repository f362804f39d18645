import CEmbedded

/// The files embedded in the program: networks and scenarios, by their paths in the source tree, such as
/// `Genesis/mainnet/genesis.json`.
package enum EmbeddedFiles {
    private static let indices: [String: Int] = {
        var indices: [String: Int] = [:]
        for index in 0..<starling_embedded_file_count() {
            indices[String(cString: starling_embedded_file_at(index).path)] = index
        }
        return indices
    }()

    /// The paths of all files, sorted.
    package static var paths: [String] { indices.keys.sorted() }

    /// The content of a file; nil if no file with this path is embedded.
    package static func content(of path: String) -> [UInt8]? {
        indices[path].map { index in
            let file = starling_embedded_file_at(index)
            return Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
        }
    }

    /// The commit that the program was built from, in the form of `git describe`; empty if the build didn't pass it.
    package static var commit: String { String(cString: starling_commit()) }
}

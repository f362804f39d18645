import Files

/// What this program calls itself.
enum Version {
    static let text = "0.1.0"

    /// The version with the commit that the program was built from, for `--version`.
    static var full: String {
        let commit = EmbeddedFiles.commit
        return "\(text) (commit \(commit.isEmpty ? "unknown" : commit))"
    }

    /// The client id in Hello, in the form that other clients use.
    static func clientID(identity: String?) -> String {
        let name = identity.map { "starling/\($0)" } ?? "starling"
        return "\(name)/v\(text)/\(platform)/swift6"
    }

    private static var platform: String {
        #if os(Linux)
            let system = "linux"
        #else
            let system = "macos"
        #endif
        #if arch(x86_64)
            return system + "-amd64"
        #else
            return system + "-arm64"
        #endif
    }
}

import Chain
import Files
import Foundation
import NodeRecord

/// A genesis.json and the optional files next to it: `bootnodes.txt`, `expected.json`.
struct NetworkFolder {
    let name: String
    /// The path on disk, or among the embedded files.
    let genesisPath: String
    /// Whether the files are embedded in the program.
    var isEmbedded = false

    private func sibling(_ file: String) -> String {
        (genesisPath as NSString).deletingLastPathComponent + "/\(file)"
    }

    /// A file's content; nil if it doesn't exist or can't be read.
    private func contents(_ path: String) -> [UInt8]? {
        isEmbedded ? EmbeddedFiles.content(of: path) : FileManager.default.contents(atPath: path).map { [UInt8]($0) }
    }

    func load() throws(NetworkError) -> NetworkDefinition {
        guard let json = contents(genesisPath) else { throw .genesis(.unreadable(file: genesisPath)) }
        let (genesis, notes): (Genesis, [String])
        do throws(GenesisFileError) {
            (genesis, notes) = try GenesisFile.parse(json, file: genesisPath)
        } catch {
            throw .genesis(error)
        }
        var network = NetworkDefinition(name: name, genesis: genesis)
        network.notes = notes
        let (bootnodes, expected) = (sibling("bootnodes.txt"), sibling("expected.json"))
        if let text = try optional(bootnodes) { network.bootnodes = try Self.bootnodes(text, file: bootnodes) }
        if let json = try optional(expected) { network.expected = try ExpectedGenesis.parse(json, file: expected) }
        return network
    }

    private static func url(_ text: String) -> EnodeURL? {
        guard text.hasPrefix("enr:") else { return try? EnodeURL(text) }
        return (try? NodeRecord(text: text)).flatMap { NodeContact($0)?.enode }
    }

    /// The content of a file that may be absent; throws if it exists but can't be read.
    private func optional(_ path: String) throws(NetworkError) -> [UInt8]? {
        if let bytes = contents(path) { return bytes }
        if !isEmbedded, Self.kind(of: path) != nil { throw .genesis(.unreadable(file: path)) }
        return nil
    }

    /// Parses enode URLs and records, one per line; `#` begins a comment.
    static func bootnodes(_ text: [UInt8], file: String) throws(NetworkError) -> [EnodeURL] {
        guard let text = String(validating: text, as: UTF8.self) else { throw .genesis(.unreadable(file: file)) }
        var bootnodes: [EnodeURL] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let content = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
            guard !content.isEmpty else { continue }
            guard let url = url(content), url.host != nil else { throw .bootnode(file: file, line: index + 1) }
            bootnodes.append(url)
        }
        return bootnodes
    }

    // MARK: Finding

    private enum Kind {
        case file
        case folder
    }

    /// Finds the network of a name or a path; names are looked up in `folders`.
    static func find(
        _ name: String, in folders: @autoclosure () -> [String] = genesisFolders()
    ) throws(NetworkError) -> NetworkFolder {
        let file = "genesis.json"
        let last = URL(fileURLWithPath: name).deletingPathExtension().lastPathComponent
        switch kind(of: name) {
        case .file: return NetworkFolder(name: last, genesisPath: name)
        case .folder where kind(of: "\(name)/\(file)") == .file:
            return NetworkFolder(name: last, genesisPath: "\(name)/\(file)")
        case .folder, nil: break
        }
        let folders = folders()
        // Only names are looked up, not paths such as "../x".
        if !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") {
            for folder in folders where kind(of: "\(folder)/\(name)/\(file)") == .file {
                return NetworkFolder(name: name, genesisPath: "\(folder)/\(name)/\(file)")
            }
            let path = "Genesis/\(name)/\(file)"
            if EmbeddedFiles.paths.contains(path) {
                return NetworkFolder(name: name, genesisPath: path, isEmbedded: true)
            }
        }
        throw .unknown(name: name, searched: folders)
    }

    private static func kind(of path: String) -> Kind? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
        return isFolder.boolValue ? .folder : .file
    }

    /// The existing folders named `Genesis`, the nearest first.
    static func genesisFolders() -> [String] {
        if let folder = ProcessInfo.processInfo.environment["STARLING_GENESIS"], !folder.isEmpty { return [folder] }
        var starts = [URL(fileURLWithPath: FileManager.default.currentDirectoryPath)]
        if let executable = Bundle.main.executableURL {
            starts.append(executable.resolvingSymlinksInPath().deletingLastPathComponent())
        }
        var folders: [String] = []
        for start in starts {
            var folder = start.standardizedFileURL
            while true {
                let candidate = folder.appendingPathComponent("Genesis").path
                if kind(of: candidate) == .folder, !folders.contains(candidate) { folders.append(candidate) }
                guard folder.path != "/" else { break }
                folder.deleteLastPathComponent()
            }
        }
        return folders
    }

    /// The names of the networks embedded in the program, sorted.
    static var embeddedNames: [String] {
        EmbeddedFiles.paths.filter { $0.hasSuffix("/genesis.json") }.map { String($0.split(separator: "/")[1]) }
    }
}

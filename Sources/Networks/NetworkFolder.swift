import Chain
import Foundation
import NodeRecord

/// A genesis.json and the files that may lie beside it: `bootnodes.txt`, `expected.json`.
struct NetworkFolder {
    let name: String
    let genesisPath: String

    private func sibling(_ file: String) -> String {
        URL(fileURLWithPath: genesisPath).deletingLastPathComponent().appendingPathComponent(file).path
    }

    func load() throws(NetworkError) -> NetworkDefinition {
        let (genesis, notes): (Genesis, [String])
        do throws(GenesisFileError) {
            (genesis, notes) = try GenesisFile.loadWithNotes(genesisPath)
        } catch {
            throw .genesis(error)
        }
        var network = NetworkDefinition(name: name, genesis: genesis)
        network.notes = notes
        let (bootnodes, expected) = (sibling("bootnodes.txt"), sibling("expected.json"))
        if FileManager.default.fileExists(atPath: bootnodes) { network.bootnodes = try Self.bootnodes(in: bootnodes) }
        if FileManager.default.fileExists(atPath: expected) { network.expected = try ExpectedGenesis.load(expected) }
        return network
    }

    private static func url(_ text: String) -> EnodeURL? {
        guard text.hasPrefix("enr:") else { return try? EnodeURL(text) }
        return (try? NodeRecord(text: text)).flatMap { NodeContact($0)?.enode }
    }

    /// Enode URLs and records, one a line; `#` begins a comment.
    static func bootnodes(in path: String) throws(NetworkError) -> [EnodeURL] {
        guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8)
        else { throw .genesis(.unreadable(file: path)) }
        var bootnodes: [EnodeURL] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let content = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
            guard !content.isEmpty else { continue }
            guard let url = url(content), url.host != nil else { throw .bootnode(file: path, line: index + 1) }
            bootnodes.append(url)
        }
        return bootnodes
    }

    // MARK: Finding

    private enum Kind {
        case file
        case folder
    }

    /// The folder of a name or a path; names are looked up in `folders`.
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
        // A name, not a path: "../x" must not be looked up in there.
        if !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") {
            for folder in folders where kind(of: "\(folder)/\(name)/\(file)") == .file {
                return NetworkFolder(name: name, genesisPath: "\(folder)/\(name)/\(file)")
            }
        }
        throw .unknown(name: name, searched: folders)
    }

    private static func kind(of path: String) -> Kind? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
        return isFolder.boolValue ? .folder : .file
    }

    /// The folders named `Genesis` that there are, the nearest first.
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
}

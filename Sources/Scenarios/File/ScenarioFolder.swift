import Files
import Foundation

/// Finds scenarios by their names: in `STARLING_SCENARIOS`, or in a folder `Testnet/scenarios` at or above the current
/// one or the program's, or among those that the program carries.
public enum ScenarioFolder {
    /// The scenario in a file, or with a name.
    public static func scenario(_ nameOrPath: String) throws(ScenarioError) -> Scenario {
        if FileManager.default.fileExists(atPath: nameOrPath), !isFolder(nameOrPath) {
            return try ScenarioFile.load(nameOrPath)
        }
        let path = folder.map { "\($0)/\(nameOrPath).json5" }
        if let path, FileManager.default.fileExists(atPath: path) { return try ScenarioFile.load(path) }
        if let document = embedded(nameOrPath) {
            return try ScenarioFile.parse(document, file: "\(nameOrPath).json5")
        }
        if isFolder(nameOrPath) { throw ScenarioError("\(nameOrPath) is a folder; name a scenario file") }
        throw ScenarioError(
            "there is no file \(nameOrPath), and no scenario of this name; there are "
                + (try names()).joined(separator: ", "))
    }

    /// The names of all scenarios, in the folder and in the program.
    public static func names() throws(ScenarioError) -> [String] {
        var names = Set(embeddedNames)
        if let folder {
            guard let files = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
                throw ScenarioError("the folder of scenarios \(folder) isn't there, or can't be read")
            }
            names.formUnion(files.filter { $0.hasSuffix(".json5") }.map { String($0.dropLast(6)) })
        }
        return names.sorted()
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    private static var folder: String? {
        if let named = ProcessInfo.processInfo.environment["STARLING_SCENARIOS"], !named.isEmpty { return named }
        let starts = [
            FileManager.default.currentDirectoryPath,
            URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent().path,
        ]
        for start in starts {
            var folder = URL(fileURLWithPath: start)
            while true {
                let candidate = folder.appendingPathComponent("Testnet/scenarios").path
                if isFolder(candidate) { return candidate }
                guard folder.pathComponents.count > 1 else { break }
                folder.deleteLastPathComponent()
            }
        }
        return nil
    }

    private static let embeddedFolder = "Testnet/scenarios/"

    /// The names of the scenarios that the program carries.
    static var embeddedNames: [String] {
        EmbeddedFiles.paths.filter { $0.hasPrefix(embeddedFolder) && $0.hasSuffix(".json5") }
            .map { String($0.dropFirst(embeddedFolder.count).dropLast(6)) }
    }

    /// The document of a scenario that the program carries; nil where it has none of this name.
    static func embedded(_ name: String) -> [UInt8]? { EmbeddedFiles.content(of: "\(embeddedFolder)\(name).json5") }
}

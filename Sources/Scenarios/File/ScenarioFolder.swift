import Foundation

/// Finds scenarios by their names: in `STARLING_SCENARIOS`, or in a folder `Testnet/scenarios` at or above the current
/// one or the program's.
public enum ScenarioFolder {
    /// The scenario in a file, or with a name.
    public static func scenario(_ nameOrPath: String) throws(ScenarioError) -> Scenario {
        if FileManager.default.fileExists(atPath: nameOrPath), !isFolder(nameOrPath) {
            return try ScenarioFile.load(nameOrPath)
        }
        guard let folder else { throw ScenarioError("there is no file \(nameOrPath), and no folder Testnet/scenarios") }
        let path = "\(folder)/\(nameOrPath).json5"
        guard FileManager.default.fileExists(atPath: path) else {
            let known = try names().joined(separator: ", ")
            throw ScenarioError("there is no scenario '\(nameOrPath)' in \(folder): it has \(known)")
        }
        return try ScenarioFile.load(path)
    }

    /// The names of all scenarios in the folder.
    public static func names() throws(ScenarioError) -> [String] {
        guard let folder, let files = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw ScenarioError("there is no folder Testnet/scenarios at or above this one")
        }
        return files.filter { $0.hasSuffix(".json5") }.map { String($0.dropLast(6)) }.sorted()
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    private static var folder: String? {
        if let named = ProcessInfo.processInfo.environment["STARLING_SCENARIOS"] { return named }
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
}

import Foundation
import FuzzTargets
import Testing

/// Runs what Tools/Fuzz keeps: the seeds, and every input that ever broke something.
@Suite("Inputs of the fuzzers, replayed")
struct FuzzReplayTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let target: FuzzTarget
        /// Below Tools/Fuzz.
        let path: String

        var testDescription: String { path }
    }

    static let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Tools/Fuzz")

    /// The files of all targets. What has to be there and isn't becomes a case of its own, which can't be read and so fails:
    /// the folder itself, and the seeds of a target.
    static func cases(in kind: String, of root: URL = folder) -> [Case] {
        FuzzTarget.all.flatMap { target in
            let path = "\(kind)/\(target.name)"
            let names =
                (try? FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(path).path)) ?? []
            let mustBeThere = kind == "Seeds" || !isFolder(root.appendingPathComponent(kind))
            guard !names.isEmpty || !mustBeThere else { return [Case(target: target, path: "\(path)/missing")] }
            return names.sorted().map { Case(target: target, path: "\(path)/\($0)") }
        }
    }

    private static func isFolder(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
    }

    func replay(_ input: Case) throws {
        let bytes = [UInt8](try Data(contentsOf: Self.folder.appendingPathComponent(input.path)))
        do throws(BrokenProperty) {
            try input.target.run(bytes)
        } catch {
            Issue.record("\(input.path): \(error)")
        }
    }

    @Test(arguments: cases(in: "FailCases"))
    func failCase(_ input: Case) throws { try replay(input) }

    @Test(arguments: cases(in: "Seeds"))
    func seed(_ input: Case) throws { try replay(input) }

    @Test("a folder that is missing is a case that fails, for each kind")
    func missingFolders() {
        let nowhere = Self.folder.appendingPathComponent("no such folder")
        for kind in ["Seeds", "FailCases"] {
            let cases = Self.cases(in: kind, of: nowhere)
            #expect(cases.count == FuzzTarget.all.count)
            for missing in cases { #expect(throws: (any Error).self) { try replay(missing) } }
        }
    }

    /// A folder that belongs to no target would never be replayed.
    @Test func everyFolderHasItsTarget() throws {
        for kind in ["Seeds", "FailCases"] {
            let path = Self.folder.appendingPathComponent(kind).path
            let names = try FileManager.default.contentsOfDirectory(atPath: path)
            for name in names where !name.hasPrefix(".") && name != "README.md" {
                #expect(FuzzTarget.named(name) != nil, "\(kind)/\(name) belongs to no target")
            }
        }
    }
}

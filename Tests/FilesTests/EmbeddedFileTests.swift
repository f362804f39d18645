import Files
import Foundation
import Testing

@Suite("The files that the program carries")
struct EmbeddedFileTests {
    private static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Whoever adds a network or a scenario adds it to EmbeddedFiles.c.
    @Test func theTableIsThatOfTheFolders() throws {
        let walk = try FileManager.default.subpathsOfDirectory(atPath: Self.root.path + "/Genesis")
        let scenarios = try FileManager.default.contentsOfDirectory(atPath: Self.root.path + "/Testnet/scenarios")
        let onDisk =
            walk.filter { $0.contains("/") }.map { "Genesis/\($0)" }
            + scenarios.map { "Testnet/scenarios/\($0)" }
        #expect(EmbeddedFiles.paths == onDisk.sorted())
        for path in EmbeddedFiles.paths {
            let content = FileManager.default.contents(atPath: "\(Self.root.path)/\(path)").map { [UInt8]($0) }
            #expect(EmbeddedFiles.content(of: path) == content, "\(path)")
        }
    }
}

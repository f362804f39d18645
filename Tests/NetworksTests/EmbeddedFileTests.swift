import CEmbedded
import Foundation
import Testing

@testable import Networks

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
        let carried = (0..<starling_embedded_file_count()).map { String(cString: starling_embedded_file_at($0).path) }
        #expect(carried == onDisk.sorted())
        for path in carried {
            let content = FileManager.default.contents(atPath: "\(Self.root.path)/\(path)").map { [UInt8]($0) }
            #expect(NetworkFolder.embedded[path]?() == content, "\(path)")
        }
    }

    @Test(arguments: ["mainnet", "sepolia", "holesky", "hoodi"])
    func networksAreFoundWithoutAFolder(_ name: String) throws {
        let folder = try NetworkFolder.find(name, in: [])
        let network = try folder.load()
        #expect(folder.isEmbedded && network.name == name)
        #expect(network.expected != nil && !network.bootnodes.isEmpty)
    }

    /// A folder of the operator's goes first.
    @Test func aFolderGoesFirst() throws {
        let folder = try NetworkFolder.find("sepolia", in: [Self.root.path + "/Genesis"])
        #expect(!folder.isEmbedded)
    }

    @Test func pathsAreNotLookedUpInTheProgram() {
        #expect(throws: NetworkError.self) { try NetworkFolder.find("../Genesis/mainnet", in: []) }
        #expect(throws: NetworkError.self) { try NetworkFolder.find("", in: []) }
    }
}

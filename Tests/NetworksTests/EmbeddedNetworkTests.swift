import Foundation
import Testing

@testable import Networks

@Suite("The networks that the program carries")
struct EmbeddedNetworkTests {
    private static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

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

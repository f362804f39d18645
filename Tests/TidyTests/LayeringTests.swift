import Testing

/// One row of the table of rooms in ARCHITECTURE.md.
struct Room {
    let name: String
    let layer: Int
    let imports: Set<String>

    /// Reads the rows `| layer | `Room` | duty | imports |`.
    static let all: [Room] = {
        guard let page = Checkout.text("ARCHITECTURE.md") else { return [] }
        return page.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map { $0.drop { $0 == " " } }
            guard cells.count >= 6, let layer = Int(cells[1].prefix { $0 != " " }) else { return nil }
            func names(_ cell: Substring) -> [String] {
                cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
                    .filter { $0.offset % 2 == 1 }.map { String($0.element) }
            }
            guard let name = names(cells[2]).first else { return nil }
            return Room(name: name, layer: layer, imports: Set(names(cells[4])))
        }
    }()
}

@Suite("The house: ARCHITECTURE.md's table of rooms equals the import lines")
struct LayeringTests {
    static let actual: [String: Set<String>] = {
        let rooms = Set(Room.all.map(\.name))
        var imports: [String: Set<String>] = [:]
        for file in Checkout.sources {
            imports[file.room, default: []].formUnion(file.imports.filter { rooms.contains($0) && $0 != file.room })
        }
        return imports
    }()

    @Test func tableIsThere() {
        #expect(Room.all.count >= 25)
        #expect(Checkout.sources.count > 100)
    }

    @Test func everyRoomIsInTheTable() {
        let named = Set(Room.all.map(\.name))
        let missing = Set(Self.actual.keys).subtracting(named)
        #expect(missing.isEmpty, "rooms without a row in ARCHITECTURE.md: \(missing.sorted())")
    }

    @Test(arguments: Room.all)
    func importsAreThoseOfTheTable(_ room: Room) {
        let actual = Self.actual[room.name] ?? []
        #expect(
            actual == room.imports,
            "\(room.name) imports \(actual.sorted()); ARCHITECTURE.md says \(room.imports.sorted())")
    }

    /// A node without a chain is a whole node: neither the kernel nor its tests know one.
    @Test func theKernelKnowsNoChain() {
        let chain: Set = ["Chain", "Trie", "EthWire", "Storage", "Execution", "Consensus", "Gossip", "Sync", "EthNode"]
        let kernel = ["DevP2P", "Discovery", "PeerBook", "Topics", "NodeCore"]
        let tests = Checkout.files(in: "Tests").filter { file in kernel.contains { $0 + "Tests" == file.room } }
        #expect(!tests.isEmpty)
        for file in Checkout.sources.filter({ kernel.contains($0.room) }) + tests {
            let known = chain.intersection(file.imports)
            #expect(known.isEmpty, "\(file.path) imports \(known.sorted())")
        }
    }

    @Test(arguments: Room.all)
    func importsPointDown(_ room: Room) {
        for imported in Room.all where room.imports.contains(imported.name) {
            #expect(
                imported.layer <= room.layer,
                "\(room.name) (layer \(room.layer)) imports \(imported.name) (layer \(imported.layer))")
        }
    }

    @Test func noCycles() {
        var settled: Set<String> = []
        var rest = Room.all
        while true {
            let ready = rest.filter { $0.imports.isSubset(of: settled) }
            guard !ready.isEmpty else { break }
            settled.formUnion(ready.map(\.name))
            rest.removeAll { settled.contains($0.name) }
        }
        #expect(rest.isEmpty, "rooms that import each other in a circle: \(rest.map(\.name))")
    }
}

extension Room: CustomTestStringConvertible {
    var testDescription: String { name }
}

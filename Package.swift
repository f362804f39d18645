// swift-tools-version: 6.2
import PackageDescription

/// Tools/Fuzz sets this, to build the rooms with libFuzzer's coverage and AddressSanitizer.
let isFuzzing = Context.environment["FUZZ"] != nil

/// The settings of every Swift target, in one place.
let strict: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .treatAllWarnings(as: .error),
    ] + (isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer,address"])] : [])

/// What `starling --version` says of the commit; Tools/build and Tools/package set it.
let commit: [CSetting] =
    (Context.environment["STARLING_COMMIT"]).map { [.define("STARLING_COMMIT", to: "\"\($0)\"")] } ?? []

/// A room of the house (ARCHITECTURE.md). `rooms` are targets of this package.
func room(_ name: String, _ rooms: [String] = [], _ products: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: rooms.map { .init(stringLiteral: $0) } + products, swiftSettings: strict)
}

func tests(_ name: String, _ rooms: [String], _ products: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: name, dependencies: rooms.map { .init(stringLiteral: $0) } + products, swiftSettings: strict)
}

func program(_ name: String, _ rooms: [String], _ products: [Target.Dependency] = [], path: String? = nil) -> Target {
    .executableTarget(
        name: name, dependencies: rooms.map { .init(stringLiteral: $0) } + products, path: path,
        swiftSettings: strict)
}

func system(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func product(_ name: String, _ package: String) -> Target.Dependency { .product(name: name, package: package) }

let heap = product("HeapModule", "swift-collections")
let deque = product("DequeModule", "swift-collections")
let nio: [Target.Dependency] = [product("NIOCore", "swift-nio"), product("NIOPosix", "swift-nio")]
let log = product("Logging", "swift-log")
let arguments = product("ArgumentParser", "swift-argument-parser")
let http: [Target.Dependency] = [
    product("Hummingbird", "hummingbird"), product("HummingbirdCore", "hummingbird"),
    product("HTTPTypes", "swift-http-types"), product("NIOHTTP1", "swift-nio"),
]

let ground = ["Primitives", "SansIO", "RLP", "EthCrypto"]
let words = ground + ["NodeRecord", "RLPx", "Chain", "Trie"]
let stored = words + ["KeyValue", "Storage"]
let wire = words + ["DevP2P", "EthWire", "Discovery"]
let policy = wire + ["PeerBook", "KeyValue", "Storage", "Execution", "Consensus", "Topics", "Gossip", "Sync"]

let package = Package(
    name: "starling",
    platforms: [.macOS(.v15)],
    products: [
        // One import for a node of one's own.
        .library(name: "Starling", targets: ["Starling"]),
        .library(name: "DevP2P", targets: ["DevP2P"]),
        .library(name: "NodeCore", targets: ["NodeCore"]),
        .library(name: "NodeNIO", targets: ["NodeNIO"]),
        .library(name: "Simulator", targets: ["Links", "Simulator"]),
        // For the packages under Tools: every room below the drivers.
        .library(name: "StarlingRooms", targets: policy + ["NodeCore", "EthNode"]),
        .executable(name: "starling", targets: ["starling"]),
        .executable(name: "toy-consensus", targets: ["ToyConsensus"]),
        .executable(name: "chat", targets: ["Chat"]),
    ] + (isFuzzing ? [.library(name: "FuzzTargets", targets: ["FuzzTargets"])] : []),
    // Ranges, for packages that depend on this one and on something of the same.
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    ],
    targets: [
        // 0 ground
        system("CSecp256k1", pkgConfig: "libsecp256k1", apt: "libsecp256k1-dev"),
        system("CLibCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
        system("CSnappy", pkgConfig: "snappy", apt: "libsnappy-dev"),
        system("CRocksDB", pkgConfig: "rocksdb", apt: "librocksdb-dev"),
        .target(name: "CKeccak"),
        .target(name: "CEmbedded", cSettings: commit),
        room("Primitives"),
        room("SansIO", ["Primitives"], [heap, deque]),
        room("JSONText"),
        room("KeyValue", ["Primitives"]),
        room("RLP", ["Primitives"]),
        room("EthCrypto", ["Primitives", "CSecp256k1", "CLibCrypto", "CKeccak"]),
        // 1 words
        room("NodeRecord", ground),
        room("RLPx", ground),
        room("Chain", ground),
        room("Trie", ground + ["Chain"]),
        // 2 wire
        room("DevP2P", ground + ["NodeRecord", "RLPx", "CSnappy"], [deque]),
        room("EthWire", words + ["DevP2P"]),
        room("Discovery", ground + ["NodeRecord"]),
        // 3 policy
        room("PeerBook", ground + ["NodeRecord", "DevP2P"]),
        room("Storage", words + ["KeyValue"]),
        room("Execution", stored),
        room("Consensus", stored + ["Execution"]),
        room("Topics", ground + ["RLPx", "DevP2P"], [deque]),
        room("Gossip", wire + ["PeerBook", "KeyValue", "Storage", "Execution", "Topics"], [deque]),
        room("Sync", wire + ["KeyValue", "Storage", "Execution", "Consensus"]),
        room("Sidecar", ground + ["RLPx", "DevP2P"]),
        // 4 node
        room("NodeCore", ground + ["KeyValue", "NodeRecord", "DevP2P", "Discovery", "PeerBook", "Topics"], [deque]),
        room("EthNode", policy + ["NodeCore"], [deque]),
        // 5 drivers
        room("Files", ["CEmbedded"]),
        room("RocksStore", ["KeyValue", "CRocksDB"]),
        room("Networks", stored + ["JSONText", "Files", "Execution"]),
        room("NodeNIO", policy + ["Sidecar", "NodeCore", "RocksStore", "Files"], nio + [log]),
        room("EthService", policy + ["NodeCore", "EthNode", "NodeNIO"]),
        room("Links", ["Primitives", "SansIO"], [heap]),
        room("Swarm", wire + ["Topics", "Gossip", "Links"]),
        room("Simulator", policy + ["NodeCore", "EthNode", "Links"]),
        room("Scenarios", policy + ["Files", "NodeCore", "EthNode", "Links", "Simulator"]),
        room(
            "NodeRPC", policy + ["JSONText", "NodeCore", "EthNode", "NodeNIO", "EthService", "Files"],
            nio + http + [log]),
        room(
            "Cluster", policy + ["NodeCore", "EthNode", "Networks", "NodeNIO", "EthService", "NodeRPC", "Files"],
            nio + [log]),
        // 6 front
        program(
            "starling",
            policy + [
                "Sidecar", "NodeCore", "EthNode", "Files", "NodeNIO", "EthService", "Networks", "NodeRPC", "Cluster",
                "Links", "Swarm",
                "Simulator", "Scenarios",
            ],
            nio + [log, arguments]),
        room(
            "Starling",
            policy + [
                "Sidecar", "NodeCore", "EthNode", "RocksStore", "Networks", "NodeNIO", "EthService", "NodeRPC",
                "Simulator",
            ]),
        program("Chat", ["Starling"], path: "Examples/Chat"),
        program(
            "ToyConsensus",
            ["Primitives", "SansIO", "RLP", "DevP2P", "KeyValue", "NodeCore", "EthNode", "NodeNIO", "Simulator"],
            path: "Examples/ToyConsensus"),
        // tests
        tests("PrimitivesTests", ["Primitives", "SansIO"]),
        tests("KeyValueTests", ["SansIO", "KeyValue", "RocksStore", "CRocksDB"]),
        tests("RLPTests", ["Primitives", "RLP", "TestVectors"]),
        tests("EthCryptoTests", ["CKeccak", "Primitives", "EthCrypto", "TestVectors"]),
        tests("NodeRecordTests", ground + ["NodeRecord", "TestVectors"]),
        tests("RLPxTests", ground + ["RLPx", "TestVectors"]),
        tests("ChainTests", words + ["TestVectors"]),
        tests("TrieTests", words + ["TestVectors"]),
        tests("DevP2PTests", ground + ["NodeRecord", "RLPx", "DevP2P", "TestVectors"]),
        tests("EthWireTests", wire + ["TestVectors"]),
        tests("DiscoveryTests", ground + ["NodeRecord", "Discovery", "TestVectors"]),
        tests("PeerBookTests", ground + ["NodeRecord", "DevP2P", "PeerBook"]),
        tests("StorageTests", stored),
        tests("ExecutionTests", stored + ["Execution", "TestVectors"]),
        tests("ConsensusTests", stored + ["Execution", "Consensus", "TestVectors"]),
        tests("TopicsTests", ground + ["RLPx", "DevP2P", "Topics"]),
        tests("GossipTests", policy),
        tests("SyncTests", policy),
        tests("SidecarTests", ground + ["RLPx", "DevP2P", "Sidecar"]),
        tests("FilesTests", ["Files"]),
        tests("NodeCoreTests", ground + ["NodeRecord", "KeyValue", "DevP2P", "PeerBook", "Topics", "NodeCore"]),
        tests("EthNodeTests", policy + ["NodeCore", "EthNode"]),
        tests(
            "NodeNIOTests", policy + ["Sidecar", "NodeCore", "EthNode", "NodeNIO", "EthService"],
            nio + [log, product("NIOEmbedded", "swift-nio")]),
        tests(
            "NodeRPCTests", policy + ["NodeCore", "EthNode", "NodeNIO", "EthService", "NodeRPC", "TestVectors"],
            nio + [log]),
        tests("LinksTests", ["Primitives", "SansIO", "Links"]),
        tests("ScenarioTests", policy + ["NodeCore", "EthNode", "Links", "Simulator", "Scenarios"]),
        tests("SwarmTests", wire + ["Topics", "Gossip", "Links", "Swarm"]),
        tests("NetworksTests", stored + ["Execution", "Networks", "TestVectors"]),
        tests("ClusterTests", ["Cluster", "Files", "starling"], [log]),
        tests("TidyTests", []),
        tests("FuzzReplayTests", ["FuzzTargets"]),
        .target(name: "TestVectors", path: "Tests/TestVectors", swiftSettings: strict),
        .target(
            name: "FuzzTargets",
            dependencies: (policy + ["Sidecar", "NodeCore", "EthNode"]).map { .init(stringLiteral: $0) },
            path: "Tests/FuzzTargets", swiftSettings: strict),
    ]
)

// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who uses Starling builds it. `./Tools/bench` does.
let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "starling", path: "../..")],
    targets: [
        .target(
            name: "CBench",
            dependencies: [.product(name: "StarlingRooms", package: "starling")],
            linkerSettings: [.linkedLibrary("crypto"), .linkedLibrary("secp256k1"), .linkedLibrary("snappy")]),
        .executableTarget(
            name: "bench",
            dependencies: [
                "CBench", .product(name: "StarlingRooms", package: "starling"),
                .product(name: "NodeNIO", package: "starling"),
            ],
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .treatAllWarnings(as: .error),
            ]),
    ]
)

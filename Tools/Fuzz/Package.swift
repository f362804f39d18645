// swift-tools-version: 6.2
import PackageDescription

// Built by ./Tools/fuzz, which sets FUZZ: then the rooms have coverage too, and the root package offers FuzzTargets.
let sanitizers = ["-sanitize=fuzzer,address"]

let package = Package(
    name: "starling-fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "starling", path: "../..")],
    targets: [
        .target(name: "LibFuzzer"),
        .executableTarget(
            name: "starling-fuzz",
            dependencies: ["LibFuzzer", .product(name: "FuzzTargets", package: "starling")],
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .treatAllWarnings(as: .error),
                .unsafeFlags(sanitizers),
            ],
            linkerSettings: [.unsafeFlags(sanitizers + ["-use-ld=lld"])]),
    ]
)

import Foundation
import Links

/// Reads scenarios: JSON5 files, which is JSON with comments and without needless quotes.
public enum ScenarioFile {
    /// The scenario of a file.
    public static func load(_ path: String) throws(ScenarioError) -> Scenario {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ScenarioError("\(path) can't be read: may this user read it?")
        }
        let file = URL(fileURLWithPath: path).lastPathComponent
        return try parse([UInt8](data), file: file)
    }

    /// The scenario of a document; `file` is what errors call it.
    public static func parse(_ document: [UInt8], file: String) throws(ScenarioError) -> Scenario {
        let value = try ScenarioReader.read(document, file: file)
        let name = file.split(separator: ".").first.map(String.init) ?? file
        return try scenario(ScenarioField(place: "\(file):", value: value), name: name)
    }

    private static func scenario(_ field: ScenarioField, name: String) throws(ScenarioError) -> Scenario {
        let members = try field.members([
            "about", "nodes", "seconds", "start_within", "max_peers", "pool_slots", "network", "blocks", "transactions",
            "faults",
            "adversaries", "heal_at", "limits",
        ])
        let blocks = try members["blocks"]?.members(["signers", "period"]) ?? [:]
        let seconds = try members.number("seconds", 1...1_000_000, 120)
        let startWithin = try members.number("start_within", 0...seconds, min(10, seconds))
        var scenario = Scenario(
            name: name, about: try members["about"]?.string() ?? "",
            nodes: try members.whole("nodes", 1...100_000, 100), seconds: seconds, startWithin: startWithin,
            maxPeers: try members.whole("max_peers", 1...1000, 25),
            poolSlots: try members["pool_slots"]?.whole(64...1_000_000), links: try links(members["network"]),
            signers: try blocks.whole("signers", 1...100, 5), period: try blocks.whole("period", 1...3600, 2),
            load: nil, faults: [], adversaries: [], healAt: try members["heal_at"]?.number(0...seconds),
            limits: try limits(members["limits"]))
        scenario.load = try members["transactions"].map { field throws(ScenarioError) in
            try load(field, scenario)
        }
        for field in try members["faults"]?.list() ?? [] { scenario.faults.append(try fault(field, seconds)) }
        for field in try members["adversaries"]?.list() ?? [] {
            let members = try field.members(["behaviour", "share", "at", "ranges"])
            guard let kind = members["behaviour"] else { throw field.error("needs a 'behaviour'") }
            scenario.adversaries.append(
                Scenario.Adversary(
                    kind: try kind.choice(Scenario.Adversary.Kind.self),
                    share: try members.number("share", 0...0.9, 0.1),
                    at: try members.number("at", 0...seconds, startWithin),
                    ranges: try members["ranges"]?.whole(1...10_000)))
        }
        guard scenario.adversaries.reduce(0, { $0 + $1.share }) <= 0.9 else {
            throw field.error("leaves less than one honest node in ten")
        }
        return scenario
    }

    private static func links(_ field: ScenarioField?) throws(ScenarioError) -> LinkModel {
        guard let field else { return LinkModel(regions: .world) }
        let members = try field.members([
            "regions", "delay_ms", "jitter_ms", "loss", "duplication", "reordering", "upload", "download",
            "queue_bytes", "nat_share", "job_ms",
        ])
        var links = LinkModel(regions: .world)
        if let delays = try members["delay_ms"]?.list() {
            guard delays.count == 2, members["regions"] == nil else {
                throw field.error("needs either 'regions', or 'delay_ms' with the least and the largest delay")
            }
            let bounds = (try delays[0].number(0...60_000), try delays[1].number(0...60_000))
            links.distance = .uniform(.seconds(bounds.0 / 1000), .seconds(max(bounds.0, bounds.1) / 1000))
        }
        if let regions = members["regions"] { links.distance = .regions(try table(regions)) }
        links.jitter = .seconds(try members.number("jitter_ms", 0...10_000, 2) / 1000)
        links.loss = try members.number("loss", 0...0.9, 0)
        links.duplication = try members.number("duplication", 0...1, 0)
        links.reordering = try members.number("reordering", 0...1, 0)
        links.uploadBytesPerSecond = try members.number("upload", 1000...1e12, 30_000_000)
        links.downloadBytesPerSecond = try members.number("download", 1000...1e12, links.uploadBytesPerSecond)
        links.queueBytes = try members.whole("queue_bytes", 1500...1_000_000_000, links.queueBytes)
        links.jobDuration =
            try members["job_ms"].map { field throws(ScenarioError) in
                .seconds(try field.number(0...10_000) / 1000)
            } ?? links.jobDuration
        links.natShare = try members.number("nat_share", 0...1, 0)
        return links
    }

    private static func table(_ field: ScenarioField) throws(ScenarioError) -> RegionTable {
        let world = RegionTable.world
        if case .string("world") = field.value { return world }
        var weights: [String: Int] = [:]
        for (name, weight) in try field.members(world.regions.map(\.name)) {
            weights[name] = try weight.whole(0...1_000_000)
        }
        guard let table = world.weighted(weights) else { throw field.error("must give one region a weight") }
        return table
    }

    private static func load(_ field: ScenarioField, _ scenario: Scenario) throws(ScenarioError) -> Scenario.Load {
        let members = try field.members(["per_second", "data_bytes", "accounts", "from", "until"])
        let from = try members.number("from", 0...scenario.seconds, min(scenario.startWithin + 10, scenario.seconds))
        return Scenario.Load(
            perSecond: try members.number("per_second", 0.001...100_000, 5),
            dataBytes: try members.whole("data_bytes", 0...100_000, 0),
            accounts: try members.whole("accounts", 1...10_000, 50), from: from,
            until: try members.number("until", from...scenario.seconds, max(from, scenario.seconds - 10)))
    }

    private static func fault(_ field: ScenarioField, _ seconds: Double) throws(ScenarioError) -> Scenario.Fault {
        let members = try field.members([
            "kind", "at", "for", "share", "one_way", "spare_signers", "ppm", "per_hour", "away",
        ])
        guard let kind = members["kind"], let at = members["at"] else { throw field.error("needs a 'kind' and 'at'") }
        var fault = Scenario.Fault(
            kind: try kind.choice(Scenario.Fault.Kind.self), at: try at.number(0...seconds),
            lasts: try members["for"]?.number(0...seconds), share: try members.number("share", 0...1, 0.5))
        fault.isOneWay = try members.bool("one_way")
        fault.sparesSigners = try members.bool("spare_signers")
        fault.partsPerMillion = try members.whole("ppm", -100_000...100_000, 200)
        fault.perHour = try members.number("per_hour", 0...3600, 0.2)
        fault.away = try members.number("away", 1...seconds, min(30, seconds))
        return fault
    }

    private static func limits(_ field: ScenarioField?) throws(ScenarioError) -> Scenario.Limits {
        var limits = Scenario.Limits()
        guard let field else { return limits }
        let members = try field.members([
            "reach_share", "reach_seconds", "delivery_share", "delivery_seconds", "recovery_seconds",
            "block_seconds_p95", "block_duplicates", "transaction_duplicates",
            "bytes_per_second", "peak_bytes_per_second", "bans", "lag_blocks", "offline_seconds", "progress",
            "reorg_blocks",
        ])
        limits.reachShare = try members.number("reach_share", 0...1, limits.reachShare)
        limits.reachSeconds = try members["reach_seconds"]?.number(0...1_000_000)
        limits.deliveryShare = try members.number("delivery_share", 0...1, limits.deliveryShare)
        limits.deliverySeconds = try members["delivery_seconds"]?.number(0...1_000_000)
        limits.recoverySeconds = try members["recovery_seconds"]?.number(0...1_000_000)
        guard limits.recoverySeconds == nil || limits.deliverySeconds != nil else {
            throw field.error("needs 'delivery_seconds' for 'recovery_seconds'")
        }
        limits.blockSeconds = try members["block_seconds_p95"]?.number(0...1_000_000)
        limits.blockDuplicates = try members["block_duplicates"]?.number(0...1_000_000)
        limits.transactionDuplicates = try members["transaction_duplicates"]?.number(0...1_000_000)
        limits.bytesPerSecond = try members["bytes_per_second"]?.number(0...1e12)
        limits.peakBytesPerSecond = try members["peak_bytes_per_second"]?.number(0...1e12)
        limits.bans = try members.whole("bans", 0...1_000_000, 0)
        limits.lag = try members.whole("lag_blocks", 0...1_000_000, 2)
        limits.offlineSeconds = try members["offline_seconds"]?.number(0...1_000_000)
        limits.progress = try members.number("progress", 0...1, 0.5)
        limits.reorganization = try members["reorg_blocks"]?.whole(0...1_000_000)
        return limits
    }
}

import ArgumentParser
import Chain
import DevP2P
import EthCrypto
import EthWire
import NodeNIO
import NodeRecord
import Primitives

struct RLPxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rlpx", abstract: "Talk to a node over TCP.", subcommands: [Ping.self])

    struct Ping: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show who a node is: its Hello and the Status of its chain.")

        @OptionGroup var target: ProbeTarget

        func run() async throws {
            let report: PeerReport
            do {
                report = try await target.client.rlpx(target.enode)
            } catch .closed(let endpoint, .remote(let reason)) {
                // It is there, and has said so.
                print("node          \(endpoint)")
                print("disconnect    \(reason.map { "\($0)" } ?? "without a reason that is known"), in place of Hello")
                return
            } catch {
                throw CleanExit.failure("rlpx ping: \(error)")
            }
            print("client        \(report.hello.clientID)")
            print("capabilities  \(report.hello.capabilities.map(\.description).joined(separator: " "))")
            print("p2p version   \(report.hello.p2pVersion)")
            print("node id       \(report.publicKey.nodeID.hex)")
            if let status = report.status {
                show(status)
            } else if report.ended == nil {
                print("status        none came within \(target.client.timeout.components.seconds) s")
            }
            if let ended = report.ended { print("ended         \(ended)") }
            print(
                "handshake     \(milliseconds(report.latencies.handshake)), hello \(milliseconds(report.latencies.hello))"
            )
        }

        private func show(_ status: EthStatus) {
            print("eth version   \(status.version)")
            print("network id    \(status.networkID)")
            print("genesis       \(status.genesisHash)")
            print("fork id       \(status.forkID)")
            switch status.head {
            case .totalDifficulty(let total, let hash): print("head          \(hash), total difficulty \(total)")
            case .range(let range):
                print("head          \(range.latestHash), blocks \(range.earliest) to \(range.latest)")
            }
        }
    }
}

struct DiscV4Command: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discv4", abstract: "Talk to a node over UDP (Node Discovery v4).", subcommands: [Ping.self])

    struct Ping: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Ping a node and ask it for its record.")

        @OptionGroup var target: ProbeTarget

        func run() async throws {
            let report: DiscoveryReport
            do {
                report = try await target.client.discv4(target.enode)
            } catch {
                throw CleanExit.failure("discv4 ping: \(error)")
            }
            print("pong from     \(report.endpoint) in \(milliseconds(report.latency))")
            if let observed = report.observed { print("it sees us at \(observed)") }
            if let seq = report.recordSeq { print("record seq    \(seq)") }
            if let record = report.record { print("record        \(record)") }
        }
    }
}

struct ProbeTarget: ParsableArguments {
    @Argument(help: "The node's enode URL.", transform: { try ProbeTarget.parse($0) })
    var enode: EnodeURL

    var client: ProbeClient {
        var random = SystemRandomNumberGenerator()
        return ProbeClient(identity: .generate(using: &random), clientID: Version.clientID(identity: "probe"))
    }

    private static func parse(_ text: String) throws -> EnodeURL {
        do {
            return try EnodeURL(text)
        } catch {
            throw ValidationError(
                "'\(text)' is no enode URL: \(error); it looks like enode://<128 hex digits>@127.0.0.1:30303")
        }
    }
}

private func milliseconds(_ duration: Duration) -> String {
    let tenths = duration / .microseconds(100)
    return "\((tenths).rounded() / 10) ms"
}

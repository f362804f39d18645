import ArgumentParser
import Cluster
import Foundation

/// What another terminal does with a cluster that runs.
extension ClusterCommand {
    struct Target: ParsableArguments {
        @Option(help: "The running cluster's folder; --datadir is as good. Needed only where several are running.")
        var cluster: String?

        /// - Throws: what is said to the user.
        func ask(_ request: ControlRequest, _ parent: ClusterCommand) throws -> ControlReply {
            do throws(ClusterError) {
                return try ControlClient(folder: cluster ?? parent.datadir).ask(request)
            } catch {
                throw CleanExit.failure("cluster: \(error)")
            }
        }
    }

    struct Nodes: ParsableArguments {
        @Argument(help: "The nodes' names, node3 or 3.")
        var node: [String]

        @OptionGroup var target: Target

        /// Asks for something, and waits until every node is in one of these states.
        func carryOut(
            _ command: ControlRequest.Command, _ parent: ClusterCommand, until states: Set<String>,
            failing: Set<String> = [], seconds: Double
        ) async throws {
            let reply = try target.ask(ControlRequest(command, nodes: node), parent)
            let names = Set(node.flatMap { [$0, "node" + $0] })
            var nodes = reply.nodes.filter { names.contains($0.name) }
            let limit = Date().addingTimeInterval(seconds)
            while !nodes.allSatisfy({ states.contains($0.state) || failing.contains($0.state) }), Date() < limit {
                try await Task.sleep(nanoseconds: 200_000_000)
                nodes = try target.ask(ControlRequest(.status), parent).nodes.filter { names.contains($0.name) }
            }
            for node in nodes { print("\(node.name): \(node.state)" + (node.note.map { " (\($0))" } ?? "")) }
            guard nodes.allSatisfy({ states.contains($0.state) }) else { throw ExitCode(1) }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the nodes of a running cluster.")

        @OptionGroup var target: Target
        @ParentCommand var parent: ClusterCommand

        func run() async throws {
            let reply = try target.ask(ControlRequest(.status), parent)
            print(reply.folder)
            for node in reply.nodes { print(Self.line(node)) }
        }

        private static func line(_ node: ControlReply.Node) -> String {
            let start = node.name.padding(to: 10) + node.state.padding(to: 11)
            if let note = node.note { return start + note }
            let pid = node.pid.map { "pid \($0)" } ?? "-"
            let height = node.height.map { "height \($0)" } ?? "-"
            let peers = node.peers.map { "\($0) peers" } ?? "-"
            return start + height.padding(to: 15) + peers.padding(to: 10) + pid.padding(to: 13) + node.rpc
        }
    }

    struct Info: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print all there is to know of a running cluster, as JSON: URLs, enodes, keys, process ids.")

        @OptionGroup var target: Target
        @ParentCommand var parent: ClusterCommand

        func run() async throws {
            print(try target.ask(ControlRequest(.info), parent).manifest ?? "")
        }
    }

    struct Stop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Stop nodes of a running cluster; the others go on.")

        @OptionGroup var nodes: Nodes
        @ParentCommand var parent: ClusterCommand

        func run() async throws {
            try await nodes.carryOut(.stop, parent, until: ["stopped"], failing: ["dead"], seconds: 60)
        }
    }

    struct Start: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Start nodes that were stopped, or have died.")

        @OptionGroup var nodes: Nodes
        @ParentCommand var parent: ClusterCommand

        func run() async throws {
            try await nodes.carryOut(.start, parent, until: ["up", "syncing"], failing: ["dead"], seconds: 120)
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Suspend nodes (SIGSTOP): they keep their connections and say nothing.")

        @OptionGroup var nodes: Nodes
        @ParentCommand var parent: ClusterCommand

        func run() async throws { try await nodes.carryOut(.pause, parent, until: ["paused"], seconds: 10) }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let paused nodes go on.")

        @OptionGroup var nodes: Nodes
        @ParentCommand var parent: ClusterCommand

        func run() async throws {
            try await nodes.carryOut(
                .resume, parent, until: ["up", "syncing", "starting"], failing: ["dead"], seconds: 30)
        }
    }
}

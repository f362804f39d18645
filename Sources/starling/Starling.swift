import ArgumentParser

@main
struct Starling: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "starling",
        abstract: "A devp2p node, a local cluster of them, and the tools around.",
        version: Version.full,
        subcommands: [
            NodeCommand.self, ClusterCommand.self, SimulateCommand.self, PeersCommand.self, RLPxCommand.self,
            DiscV4Command.self,
            KeyCommand.self,
            ENRCommand.self, GenesisCommand.self, CompareCommand.self,
        ])
}

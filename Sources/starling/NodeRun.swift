import ArgumentParser
import Chain
import EthNode
import EthService
import Files
import Foundation
import Logging
import NodeCore
import NodeNIO
import NodeRPC
import Primitives
import RocksStore
import SansIO
import Storage

/// A node with its database and its RPC server, from start to stop.
struct NodeRun {
    private let setup: NodeSetup
    private let http: HTTPOptions
    private let servesMetrics: Bool
    private let log: NodeLog

    init(_ command: NodeCommand) async throws {
        setup = try NodeSetup(command)
        http = command.http
        servesMetrics = command.metrics.metrics
        log = NodeLog(verbosity: command.verbosity, format: command.logFormat)
    }

    /// Runs until the signals say so, or until the database can't be written any more.
    func run(until signals: SignalTrap) async throws {
        var configuration = setup.node
        configuration.logger = log.logger
        let store = try RocksStore.open(
            path: setup.chainFolder, columns: NodeCore.columns + setup.chain.columns, options: Self.databaseOptions
        ) { [log] error in
            log.storeFailed(error)
            signals.end()
        }
        let service = NodeService(configuration: configuration, store: store)
        let events = service.events(buffering: 4096)
        var reporting: Task<Void, Never>?
        do {
            try await service.register(setup.chain)
            for reservation in setup.reservations { try await service.register(reservation) }
            try await service.start()
            let server = try await startRPC(service)
            log.started(setup, try await service.status, head: try await service.chainStatus.head, rpc: server?.url)
            // What has happened since comes after the lines that say who the node is.
            reporting = Task { await report(events, store) }
            let watching = Task { [log] in
                for await warning in StandstillWatch.warnings(of: service) { log.logger.warning("\(warning)") }
            }
            defer { watching.cancel() }
            await signals.wait()
            log.stopping()
            await server?.server.stop()
        } catch {
            await service.stop()
            if reporting == nil { await report(events, store) }
            // What follows from the failure of the database has been said.
            throw store.failure == nil ? error : ExitCode.failure
        }
        await service.stop()
        await reporting?.value
        log.stopped()
        if store.failure != nil { throw ExitCode.failure }
    }

    /// Until the service has stopped.
    private func report(_ events: AsyncStream<NodeEvent>, _ store: RocksStore) async {
        let start = ContinuousClock.now
        var limit = log.limit
        for await event in events {
            // That the database failed is one line, not one for each that wanted to write.
            if store.failure != nil, event.isOfStore { continue }
            log.report(event, &limit, now: Instant(nanoseconds: (ContinuousClock.now - start).nanoseconds))
        }
    }

    /// A database opens no more files than it may have beside the connections.
    private static var databaseOptions: RocksOptions {
        var options = RocksOptions()
        options.maxOpenFiles = min(options.maxOpenFiles, max(16, Int32(clamping: FileDescriptors.limit / 4)))
        return options
    }

    private func startRPC(_ service: NodeService) async throws -> (server: RPCServer, url: String)? {
        guard http.isEnabled else { return nil }
        let journal = TransactionJournal(path: setup.transactionFile, logger: log.logger)
        var options = RPCOptions()
        options.allowedOrigins = http.corsDomain.split(separator: ",").map(String.init)
        options.namespaces = http.namespaces
        options.servesMetrics = servesMetrics
        options.allowedHosts = http.virtualHosts.split(separator: ",").map(String.init)
        let (logger, most) = (log.logger, options.maxConnections)
        let server = RPCServer(
            access: try await RunningNode(service, databaseFolder: setup.chainFolder, journal: journal),
            host: http.address, port: Int(http.port), options: options, logger: logger,
            onPause: { service.lackedDescriptors() },
            onFull: {
                logger.warning(
                    "\(most) connections to JSON-RPC are open, the most there may be: for each new one that which has been idle for longest is closed"
                )
            })
        let port = try await server.start()
        return (server, server.url(port: port))
    }
}

extension NodeEvent {
    /// Whether it is what a failure of the database leads to.
    fileprivate var isOfStore: Bool {
        switch (self, ofChain) {
        case (.peersForgotten, _), (_, .failed?), (_, .sealingFailed?): true
        default: false
        }
    }
}

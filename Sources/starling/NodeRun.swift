import Chain
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
        log = NodeLog(verbosity: command.verbosity)
    }

    func run(until signals: SignalTrap) async throws {
        var configuration = setup.node
        configuration.logger = log.logger
        let store = try RocksStore.open(path: setup.chainFolder)
        let service = NodeService(configuration: configuration, store: store)
        for reservation in setup.reservations { try await service.register(reservation) }
        let events = service.events(buffering: 4096)
        try await service.start()
        do {
            let server = try await startRPC(service)
            let status = try await service.withCore { $0.status }
            log.started(setup, status, rpc: server?.url)
            let reporting = Task {
                let start = ContinuousClock.now
                var limit = LineLimit()
                for await event in events {
                    log.report(event, &limit, now: Instant(nanoseconds: (ContinuousClock.now - start).nanoseconds))
                }
            }
            let naming = Task { [setup, log] in await setup.names.follow(service, log.logger) }
            let watching = Task { [setup, log] in await StandstillWatch(setup: setup).run(service, log.logger) }
            defer {
                naming.cancel()
                watching.cancel()
            }
            await signals.wait()
            log.stopping()
            await server?.server.stop()
            await service.stop()
            reporting.cancel()
        } catch {
            await service.stop()
            throw error
        }
        log.stopped()
    }

    private func startRPC(_ service: NodeService) async throws -> (server: RPCServer, url: String)? {
        guard http.isEnabled else { return nil }
        var options = RPCOptions()
        options.allowedOrigins = http.corsDomain.split(separator: ",").map(String.init)
        options.namespaces = http.namespaces
        options.servesMetrics = servesMetrics
        options.allowedHosts = http.virtualHosts.split(separator: ",").map(String.init)
        let server = RPCServer(
            access: try await RunningNode(service), host: http.address, port: Int(http.port), options: options,
            logger: log.logger)
        let port = try await server.start()
        return (server, server.url(port: port))
    }
}

import Primitives

extension RPCMethod {
    /// Every method, by namespace and then in the order in which a reader would look for it.
    public static let all: [RPCMethod] =
        web3 + net + ethNode + ethBlocks + ethTransactions + ethState + ethFees + txpool + admin + rpc + starling

    /// The namespaces, in the order of `all`.
    public static let namespaces: [String] = all.reduce(into: []) { names, method in
        if names.last != String(method.namespace) { names.append(String(method.namespace)) }
    }

    /// What wallets call: the namespaces that a server on an address which others reach has by default.
    public static let openNamespaces = ["web3", "net", "eth", "txpool", "rpc"]

    /// The methods of a server.
    ///
    /// - Parameters:
    ///   - names: the namespaces that were asked for, which are enabled whole; nil where none were.
    ///   - host: the address that the server listens on.
    static func enabled(_ names: [String]?, on host: String) -> [RPCMethod] {
        let isLoopback = host.lowercased() == "localhost" || IPAddress(host)?.isLoopback == true
        return all.filter { method in
            if let names { return names.contains(String(method.namespace)) }
            return !method.changesNode && (isLoopback || openNamespaces.contains(String(method.namespace)))
        }
    }

    /// The reference of all methods as Markdown: the content of `docs/RPC.md`.
    public static var reference: String {
        var text = referenceHead
        for namespace in namespaces {
            text += "\n## \(namespace)\n\n| method | parameters | |\n|---|---|---|\n"
            for method in all where method.namespace == namespace {
                let parameters = method.parameters.map { "`\($0)`" }.joined(separator: ", ")
                let access = method.changesNode ? " Only with `--http.api`." : ""
                text += "| `\(method.name)` | \(parameters) | \(method.summary)\(access) |\n"
            }
        }
        return text
    }

    private static let referenceHead = """
        # JSON-RPC

        The node answers JSON-RPC 2.0 over HTTP: `POST /` with `Content-Type: application/json`, one request or a batch. Names,
        parameters, results and errors are go-ethereum's, so that its wallets and libraries work. Parameters with `?` may be
        left out; `block` is a number, a tag (`latest`, `earliest`, `pending`), a block hash, or an object as in EIP-1898.

        Where this node differs:

        - It has no EVM. What would run a contract's code is answered with error -32000 that says so.
        - `pending` is the latest block, except in eth_getTransactionCount: no block of pending transactions is built.
        - `safe` and `finalized` are error -39001 ("safe block not found"): Clique has no finality.
        - A transaction that was handed in here is written down in DATADIR/transactions until it is in a block, so that it is still
          there after a restart.
        - There are no filters and no subscriptions; clients poll.

        On a loopback address the node answers every method that doesn't change it; on another one, only `web3`, `net`, `eth`,
        `txpool` and `rpc`: who its peers are is nobody's business. `--http.api eth,net,admin` answers exactly the named namespaces,
        with all of their methods. Those that change the node are answered only so, because every program on the machine reaches
        the port, and whoever chooses a node's peers decides what it gets to see. A method that exists and isn't enabled is error
        -32601, whose text names the option.

        Blocks of Clique have more extra data than web3.py takes by itself. Its proof-of-authority middleware is needed once:

            from web3 import Web3
            from web3.middleware import ExtraDataToPOAMiddleware
            w3 = Web3(Web3.HTTPProvider("http://127.0.0.1:8545"))
            w3.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)
            w3.eth.get_block("latest")

        eth-ape needs it too, and the plain URL as its network: under `ethereum:local` it signs for chain id 1337.

            import ape
            from web3.middleware import ExtraDataToPOAMiddleware
            with ape.networks.parse_network_choice("http://127.0.0.1:8545") as provider:
                provider.web3.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)
                ape.accounts.load("alice").transfer("0x844eBAd609B3149be7FAeEc49343ff5BE9df12a1", "1 ether")

        Other methods of HTTP than `POST`, `GET`, `HEAD` and `OPTIONS` are answered with 405.

        `Host` must be an address or a name of `--http.vhosts` (`localhost` by default), exactly, with or without a port; anything
        else is answered with 403, none or two with 400. At most 1,024 connections are open, or a quarter of the file descriptors
        that the node may have (`ulimit -Hn`) where that is less: beyond that a newcomer takes the place of the one that has been idle
        for longest, of the address with the most, and the log says so. A head must be whole 5 seconds after its first byte, a body
        10 seconds after its head; an idle connection is closed after 2 minutes.

        With `--metrics` the node also answers `GET /metrics` (and `GET /debug/metrics/prometheus`, where go-ethereum has it) in
        Prometheus' text format, version 0.0.4: peers and decisions about them by reason, messages and bytes by capability,
        upload by class and what its limits held back, sockets, pool, head. Of the chain: reorganisations and how deep they were, blocks
        sealed out of turn (Clique: a missed slot each), and as histograms how long pushed blocks took, from the time in their header
        (`starling_block_delay_seconds`), and from the first word of those that came by blocks/1 (`starling_block_import_seconds`), until
        they were imported. Of the
        machine: processor, memory, descriptors (`process_…`, as Prometheus' own clients name them), what the database takes on disk and
        what is left there. Counters begin at zero with the node.

        `GET /` is a page for a browser: the node at a glance. What is shown of peers and of the node's address is what `admin_peers` and
        `admin_nodeInfo` would answer, where these are enabled.

        `GET /health` is for whatever watches the node: 200 if it has peers and its head is fresh, else 503; the body is JSON, with the
        `reasons`. `?min_peers=3&max_head_age=30` (seconds) says what is wanted. By default that is one peer, or none for a node that seals,
        and a head of at most ten block periods, at least a minute; where blocks are only made on demand (period 0), of any age.

        This page is generated from the tables of methods in `Sources/NodeRPC/Methods`. Run the test `ReferenceTests` with
        `STARLING_REGENERATE=1` in the environment to write it anew.

        """
}

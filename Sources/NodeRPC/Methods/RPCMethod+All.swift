extension RPCMethod {
    /// Every method, by namespace and then in the order in which a reader would look for it.
    public static let all: [RPCMethod] =
        web3 + net + ethNode + ethBlocks + ethTransactions + ethState + ethFees + txpool + admin + rpc + starling

    /// The namespaces, in the order of `all`.
    public static let namespaces: [String] = all.reduce(into: []) { names, method in
        if names.last != String(method.namespace) { names.append(String(method.namespace)) }
    }

    /// The reference of all methods as Markdown: the content of `docs/RPC.md`.
    public static var reference: String {
        var text = referenceHead
        for namespace in namespaces {
            text += "\n## \(namespace)\n\n| method | parameters | |\n|---|---|---|\n"
            for method in all where method.namespace == namespace {
                let parameters = method.parameters.map { "`\($0)`" }.joined(separator: ", ")
                text += "| `\(method.name)` | \(parameters) | \(method.summary) |\n"
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
        - `safe` and `finalized` are errors, as in go-ethereum on a chain without finality.
        - There are no filters and no subscriptions; clients poll.

        With `--metrics` the node also answers `GET /metrics` (and `GET /debug/metrics/prometheus`, where go-ethereum has it) in
        Prometheus' text format, version 0.0.4: peers and decisions about them by reason, messages and bytes by capability,
        upload by class and what its limits held back, sockets, pool, head. Counters begin at zero with the node.

        This page is generated from the tables of methods in `Sources/NodeRPC/Methods`. Run the test `ReferenceTests` with
        `STARLING_REGENERATE=1` in the environment to write it anew.

        """
}

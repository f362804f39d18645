public import Chain
import Primitives

extension GenesisFile {
    /// The genesis in the format that go-ethereum and `parse` read, with one account per line.
    ///
    /// The same genesis gives the same text. Zero values in storage are omitted, as in the state.
    public static func json(_ genesis: Genesis) -> String {
        var lines = ["  \"config\": " + json(genesis.config)]
        func add(_ key: String, _ value: String?) {
            if let value { lines.append("  \"\(key)\": \"\(value)\"") }
        }
        add("nonce", quantity(genesis.nonce))
        add("timestamp", quantity(genesis.timestamp))
        add("extraData", "0x" + Hex.encode(genesis.extraData))
        add("gasLimit", quantity(genesis.gasLimit))
        add("difficulty", genesis.difficulty.hexQuantity)
        add("mixHash", genesis.mixHash.description)
        add("coinbase", genesis.coinbase.description)
        add("gasUsed", genesis.gasUsed == 0 ? nil : quantity(genesis.gasUsed))
        add("parentHash", genesis.parentHash.isZero ? nil : genesis.parentHash.description)
        add("baseFeePerGas", genesis.baseFeePerGas?.hexQuantity)
        add("excessBlobGas", genesis.excessBlobGas.map(quantity))
        add("blobGasUsed", genesis.blobGasUsed.map(quantity))
        add("slotNumber", genesis.slotNumber.map(quantity))
        let accounts = genesis.alloc.map { "    \"\($0.address.hex)\": " + json($0.account) }
        lines.append(
            accounts.isEmpty ? "  \"alloc\": {}" : "  \"alloc\": {\n" + accounts.joined(separator: ",\n") + "\n  }")
        return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
    }

    private static func quantity(_ number: UInt64) -> String { UInt256(number).hexQuantity }

    private static func json(_ account: GenesisAccount) -> String {
        var fields = ["\"balance\": \"\(account.balance.hexQuantity)\""]
        if account.nonce != 0 { fields.append("\"nonce\": \"\(quantity(account.nonce))\"") }
        if !account.code.isEmpty { fields.append("\"code\": \"0x\(Hex.encode(account.code))\"") }
        let slots = account.storage.filter { !$0.value.isZero }.sorted { $0.key < $1.key }
        if !slots.isEmpty {
            fields.append(
                "\"storage\": {" + slots.map { "\"\($0.key)\": \"\($0.value)\"" }.joined(separator: ", ") + "}")
        }
        return "{" + fields.joined(separator: ", ") + "}"
    }

    private static func json(_ config: ChainConfig) -> String {
        var fields = ["\"chainId\": \(config.chainID)"]
        for fork in ChainConfig.blockForks + ChainConfig.timeForks {
            if let at = config[keyPath: fork.path] { fields.append("\"\(fork.key)\": \(at)") }
            if fork.key == "daoForkBlock", config.daoForkSupport { fields.append("\"daoForkSupport\": true") }
        }
        if let total = config.terminalTotalDifficulty { fields.append("\"terminalTotalDifficulty\": \(total)") }
        if let address = config.depositContractAddress { fields.append("\"depositContractAddress\": \"\(address)\"") }
        if config.isEthash { fields.append("\"ethash\": {}") }
        if let clique = config.clique {
            fields.append("\"clique\": {\"period\": \(clique.period), \"epoch\": \(clique.epoch)}")
        }
        if !config.blobSchedule.isEmpty { fields.append(json(config.blobSchedule)) }
        return "{\n" + fields.map { "    " + $0 }.joined(separator: ",\n") + "\n  }"
    }

    private static func json(_ schedule: [String: BlobParameters]) -> String {
        // Names come from the file, such as "bpo1", so they may need escaping.
        let entries = schedule.sorted { $0.key < $1.key }.map { name, blobs in
            "      \(quoted(name)): {\"target\": \(blobs.target), \"max\": \(blobs.max), "
                + "\"baseFeeUpdateFraction\": \(blobs.baseFeeUpdateFraction)}"
        }
        return "\"blobSchedule\": {\n" + entries.joined(separator: ",\n") + "\n    }"
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\" + String(scalar)
            case _ where scalar.value < 0x20:
                "\\u" + String(repeating: "0", count: scalar.value < 16 ? 3 : 2) + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }
}

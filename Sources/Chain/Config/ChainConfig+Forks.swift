extension ChainConfig {
    /// A fork's key in genesis.json and its property.
    public typealias ForkField = (key: String, path: any WritableKeyPath<ChainConfig, UInt64?> & Sendable)

    /// The forks that are activated by block number, in order.
    public static let blockForks: [ForkField] = [
        ("homesteadBlock", \.homesteadBlock), ("daoForkBlock", \.daoForkBlock), ("eip150Block", \.eip150Block),
        ("eip155Block", \.eip155Block), ("eip158Block", \.eip158Block), ("byzantiumBlock", \.byzantiumBlock),
        ("constantinopleBlock", \.constantinopleBlock), ("petersburgBlock", \.petersburgBlock),
        ("istanbulBlock", \.istanbulBlock), ("muirGlacierBlock", \.muirGlacierBlock), ("berlinBlock", \.berlinBlock),
        ("londonBlock", \.londonBlock), ("arrowGlacierBlock", \.arrowGlacierBlock),
        ("grayGlacierBlock", \.grayGlacierBlock), ("mergeNetsplitBlock", \.mergeNetsplitBlock),
    ]

    /// The forks that are activated by time, in order.
    public static let timeForks: [ForkField] = [
        ("shanghaiTime", \.shanghaiTime), ("cancunTime", \.cancunTime), ("pragueTime", \.pragueTime),
        ("osakaTime", \.osakaTime), ("bpo1Time", \.bpo1Time), ("bpo2Time", \.bpo2Time), ("bpo3Time", \.bpo3Time),
        ("bpo4Time", \.bpo4Time), ("bpo5Time", \.bpo5Time), ("amsterdamTime", \.amsterdamTime),
        ("bogotaTime", \.bogotaTime), ("ubtTime", \.ubtTime),
    ]

    /// The latest fork that is active at a block with this number and time.
    public func fork(number: UInt64, time: UInt64) -> Fork {
        Fork.allCases.last { isActive($0, number: number, time: time) } ?? .frontier
    }

    /// Whether the fork's rules apply to a block with this number and time (seconds since the Unix epoch).
    public func isActive(_ fork: Fork, number: UInt64, time: UInt64) -> Bool {
        func block(_ at: UInt64?) -> Bool { at.map { $0 <= number } ?? false }
        // As in go-ethereum, forks by time need London.
        func moment(_ at: UInt64?) -> Bool { block(londonBlock) && (at.map { $0 <= time } ?? false) }
        return switch fork {
        case .frontier: true
        case .homestead: block(homesteadBlock)
        case .tangerineWhistle: block(eip150Block)
        case .spuriousDragon: block(eip155Block) && block(eip158Block)
        case .byzantium: block(byzantiumBlock)
        case .constantinople: block(constantinopleBlock)
        case .istanbul: block(istanbulBlock)
        case .berlin: block(berlinBlock)
        case .london: block(londonBlock)
        case .shanghai: moment(shanghaiTime)
        case .cancun: moment(cancunTime)
        case .prague: moment(pragueTime)
        case .osaka: moment(osakaTime)
        case .amsterdam: moment(amsterdamTime)
        }
    }

    /// Whether the block with this number has a base fee (EIP-1559).
    public func isLondon(_ number: UInt64) -> Bool { isActive(.london, number: number, time: 0) }

    /// Whether the block with this number and time has withdrawals (EIP-4895).
    public func isShanghai(number: UInt64, time: UInt64) -> Bool { isActive(.shanghai, number: number, time: time) }

    /// The config without forks that are activated by time.
    var withoutTimeForks: ChainConfig {
        var config = self
        for fork in Self.timeForks { config[keyPath: fork.path] = nil }
        return config
    }
}

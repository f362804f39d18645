extension ChainConfig {
    /// A fork's key in genesis.json and where the config keeps it.
    public typealias ForkField = (key: String, path: any WritableKeyPath<ChainConfig, UInt64?> & Sendable)

    /// Every fork by block number, in order.
    public static let blockForks: [ForkField] = [
        ("homesteadBlock", \.homesteadBlock), ("daoForkBlock", \.daoForkBlock), ("eip150Block", \.eip150Block),
        ("eip155Block", \.eip155Block), ("eip158Block", \.eip158Block), ("byzantiumBlock", \.byzantiumBlock),
        ("constantinopleBlock", \.constantinopleBlock), ("petersburgBlock", \.petersburgBlock),
        ("istanbulBlock", \.istanbulBlock), ("muirGlacierBlock", \.muirGlacierBlock), ("berlinBlock", \.berlinBlock),
        ("londonBlock", \.londonBlock), ("arrowGlacierBlock", \.arrowGlacierBlock),
        ("grayGlacierBlock", \.grayGlacierBlock), ("mergeNetsplitBlock", \.mergeNetsplitBlock),
    ]

    /// Every fork by time, in order.
    public static let timeForks: [ForkField] = [
        ("shanghaiTime", \.shanghaiTime), ("cancunTime", \.cancunTime), ("pragueTime", \.pragueTime),
        ("osakaTime", \.osakaTime), ("bpo1Time", \.bpo1Time), ("bpo2Time", \.bpo2Time), ("bpo3Time", \.bpo3Time),
        ("bpo4Time", \.bpo4Time), ("bpo5Time", \.bpo5Time), ("amsterdamTime", \.amsterdamTime),
        ("bogotaTime", \.bogotaTime), ("ubtTime", \.ubtTime),
    ]

    /// The last fork whose rules a block with this number and time follows.
    public func fork(number: UInt64, time: UInt64) -> Fork {
        Fork.allCases.last { isActive($0, number: number, time: time) } ?? .frontier
    }

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

    public func isLondon(_ number: UInt64) -> Bool { isActive(.london, number: number, time: 0) }

    public func isShanghai(number: UInt64, time: UInt64) -> Bool { isActive(.shanghai, number: number, time: time) }

    /// The config with no fork by time, as before the merge.
    var withoutTimeForks: ChainConfig {
        var config = self
        for fork in Self.timeForks { config[keyPath: fork.path] = nil }
        return config
    }
}
